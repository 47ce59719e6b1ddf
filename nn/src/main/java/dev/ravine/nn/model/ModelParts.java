package dev.ravine.nn.model;

import dev.ravine.core.Check;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.data.Csv;
import dev.ravine.core.data.CsvParts;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.OneHot;
import dev.ravine.nn.Module;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a model consists of.
 *
 * @param net its net
 * @param words how to make the net again; empty if only its own code can
 * @param example the shape of an example's features
 * @param scaling between the units of the data and those of the net
 * @param answers what outputs mean
 * @param features the name of each feature; empty if they have none
 * @param table reads tables like that of the training data; empty if they were no table
 * @param encodings of names, by name
 * @param notes what else is known, by name
 */
record ModelParts(
        Module net,
        Optional<NetWords> words,
        Shape example,
        Scaling scaling,
        Answers answers,
        List<String> features,
        Optional<Csv> table,
        Map<String, OneHot> encodings,
        Map<String, String> notes) {
    private static final int SHOWN = 6;

    static ModelParts of(DataSet train, Module net, Optional<NetWords> words) {
        return new ModelParts(
                net,
                words,
                train.featureShape(),
                Scaling.NONE,
                Answers.of(train),
                List.of(),
                Optional.empty(),
                Map.of(),
                Map.of());
    }

    /** With the names and the reader of a table. */
    ModelParts ofTable(CsvParts parts) {
        List<String> targets = parts.table().targetNames();
        Answers named = !answers.isClasses()
                ? answers.named(targets)
                : (parts.table().classNames().isEmpty()
                                ? answers
                                : answers.named(parts.table().classNames()))
                        .targeting(targets.get(0));
        return new ModelParts(
                net,
                words,
                example,
                scaling,
                named,
                parts.table().featureNames(),
                Optional.of(parts.reader()),
                encodings,
                notes);
    }

    ModelParts withScaling(Scaling other) {
        return new ModelParts(net, words, example, other, answers, features, table, encodings, notes);
    }

    ModelParts withAnswers(Answers other) {
        return new ModelParts(net, words, example, scaling, other, features, table, encodings, notes);
    }

    ModelParts withFeatures(List<String> names) {
        if (Check.noNulls("the names of features", names).size() != example.count()) {
            throw new IllegalArgumentException("a model of " + example.count() + " features needs as many names, found "
                    + names.size() + ": " + names);
        }
        return new ModelParts(
                net,
                words,
                example,
                scaling,
                answers,
                Check.noNulls("the names of features", names),
                table,
                encodings,
                notes);
    }

    ModelParts withEncoding(String name, OneHot encoding) {
        return new ModelParts(
                net, words, example, scaling, answers, features, table, plus(encodings, name, encoding), notes);
    }

    ModelParts withNote(String name, String text) {
        return new ModelParts(
                net, words, example, scaling, answers, features, table, encodings, plus(notes, name, text));
    }

    private static <V> Map<String, V> plus(Map<String, V> map, String key, V value) {
        Map<String, V> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return Collections.unmodifiableMap(more);
    }

    /** The names of features, for errors. */
    String shown() {
        if (features.isEmpty()) {
            return "of shape " + example;
        }
        String some = String.join(", ", features.subList(0, Math.min(SHOWN, features.size())));
        return features.size() > SHOWN ? some + ", ..." : some;
    }

    /** Refuses features of another shape, and numbers that are not finite. */
    void requireFeatures(INDArray rows) {
        if (rows.rank() < 1 || rows.isEmpty() || !Shape.of(rows).dropping(0).equals(example)) {
            throw new ShapeException("predict: expected at least one row of features of shape " + example
                    + ", [rows, ...], found " + Shape.of(rows));
        }
        Elements numbers = Elements.of(rows);
        int width = (int) example.count();
        for (int i = 0; i < numbers.size(); i++) {
            if (!Double.isFinite(numbers.get(i))) {
                String name = features.isEmpty() ? "" : " (" + features.get(i % width) + ")";
                throw new IllegalArgumentException("predict: row " + i / width + ", feature " + i % width + name
                        + ": expected a finite number, found " + numbers.get(i)
                        + "; a missing value needs a number in its place");
            }
        }
    }

    /** Refuses outputs that are not one for each name. */
    double[][] requireOutputs(double[][] rows) {
        int expected = answers.names().size();
        if (rows[0].length != expected) {
            throw new IllegalStateException("predict: expected " + expected + " outputs of the net, one for each of "
                    + answers.names() + ", found " + rows[0].length);
        }
        return rows;
    }

    @Override
    public String toString() {
        String from = example.count() + (features.isEmpty() ? " features" : " features (" + shown() + ")");
        String to = answers.isClasses() ? answers.names().size() + " classes" : String.join(", ", answers.names());
        StringBuilder text = new StringBuilder("Model[" + from + " to " + to);
        text.append(words.map(w -> ", net " + (w.words().isBlank() ? "without hidden layers" : w.words()))
                .orElse(", net of its own code"));
        notes.forEach((name, note) -> text.append(", ").append(name).append(' ').append(note));
        return text.append(']').toString();
    }
}
