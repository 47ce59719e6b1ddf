package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.io.Quoted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Names as numbers: each category has a column that is 1 for its name and 0 for the others. {@link Csv#categories} does
 * it to the columns of a table; this is for names that a program has in another way.
 *
 * @param categories all names, each once, in the order of their columns
 */
public record OneHot(List<String> categories) {
    /**
     * Checks the names.
     *
     * @param categories all names
     * @throws IllegalArgumentException if there are none, or one occurs twice
     */
    public OneHot {
        CsvSettings.requireDistinct("categories", categories);
        categories = List.copyOf(categories);
    }

    /**
     * {@return the encoding of the names that occur, in alphabetical order}
     *
     * @param names usually of training data, at least one
     * @throws IllegalArgumentException if there are none
     */
    public static OneHot fit(Collection<String> names) {
        return new OneHot(List.copyOf(new TreeSet<>(Check.noNulls("categories", names))));
    }

    /** {@return the number of columns} */
    public int width() {
        return categories.size();
    }

    /**
     * {@return the column of a name, from 0}
     *
     * @param name a category
     * @throws IllegalArgumentException if it is none
     */
    public int column(String name) {
        int column = categories.indexOf(name);
        if (column < 0) {
            throw new IllegalArgumentException("one-hot: expected a category that is known, one of "
                    + CsvRows.shown(categories) + ", found " + Quoted.of(name));
        }
        return column;
    }

    /**
     * {@return a row for each name, [names, categories]}
     *
     * @param dtype of the array
     * @param names categories, at least one
     * @throws IllegalArgumentException if one is no category, naming its row
     */
    public INDArray encode(DType dtype, List<String> names) {
        Check.noNulls("the names", names);
        INDArray rows = Arena.create(dtype, Shape.of(names.size(), width()));
        Elements out = Elements.of(rows);
        for (int i = 0; i < names.size(); i++) {
            try {
                out.set(i * width() + column(names.get(i)), 1);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("row " + i + ": " + e.getMessage(), e);
            }
        }
        return rows;
    }

    /**
     * {@return the name of the largest number of each row, the first of equal ones}
     *
     * @param rows [N, categories], such as probabilities
     * @throws ShapeException if the number of columns differs
     * @throws IllegalArgumentException if a number is NaN, naming its row
     */
    public List<String> decode(INDArray rows) {
        if (rows.rank() != 2 || rows.size(1) != width()) {
            throw new ShapeException("one-hot: expected rows of " + width() + " numbers, found " + Shape.of(rows));
        }
        double[] values = Arena.toDoubles(rows);
        List<String> names = new ArrayList<>();
        for (int from = 0; from < values.length; from += width()) {
            int best = from;
            for (int i = from; i < from + width(); i++) {
                if (Double.isNaN(values[i])) {
                    throw new IllegalArgumentException("one-hot: row " + from / width() + " has a NaN, which has no"
                            + " place in the order of categories");
                }
                best = values[i] > values[best] ? i : best;
            }
            names.add(categories.get(best - from));
        }
        return names;
    }

    @Override
    public String toString() {
        return "OneHot[" + CsvRows.shown(categories) + "]";
    }
}
