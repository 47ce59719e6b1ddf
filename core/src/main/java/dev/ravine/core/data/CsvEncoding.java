package dev.ravine.core.data;

import java.util.List;
import java.util.Map;

/**
 * How the cells of a table became numbers. A reader that has the encoding of the training data, by {@link Csv#like},
 * reads other files in the same way. Columns are called by their name, or by their index if a file has no header or
 * several columns of that name.
 *
 * @param features the columns of features, in their order
 * @param categories the names in each column of categories; each name has a feature of its own, in this order
 * @param means what takes the place of missing cells, for columns whose rule is {@link Missing#mean()}
 * @param classNames the name of each class, in the order of their labels; empty if classes have no names
 * @param classes the number of classes; 0 if targets are numbers
 */
public record CsvEncoding(
        List<Object> features,
        Map<Object, List<String>> categories,
        Map<Object, Double> means,
        List<String> classNames,
        int classes) {}
