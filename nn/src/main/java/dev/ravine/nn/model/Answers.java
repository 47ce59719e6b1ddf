package dev.ravine.nn.model;

import dev.ravine.core.Check;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.io.Quoted;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model's outputs mean.
 *
 * @param isClasses whether outputs are scores of classes; they are numbers otherwise
 * @param names of the classes, or of the numbers, in the order of outputs
 * @param target what the classes are classes of, such as {@code species}; the name of the column of predictions
 */
record Answers(boolean isClasses, List<String> names, String target) {
    Answers {
        names = Check.noNulls("the names", names);
        if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("a model needs a name for each "
                    + (isClasses ? "class" : "number that it predicts") + ", and each name once, found " + names);
        }
    }

    /** Names by number. */
    static Answers of(DataSet data) {
        long count = data.hasLabels() ? data.classes() : data.targetShape().count();
        List<String> names = IntStream.range(0, Math.toIntExact(count))
                .mapToObj(i -> data.hasLabels() || count > 1 ? String.valueOf(i) : "value")
                .toList();
        return new Answers(data.hasLabels(), names, "class");
    }

    Answers named(List<String> others) {
        if (Check.noNulls("the names", others).size() != names.size()) {
            throw new IllegalArgumentException("a model of " + names.size() + (isClasses ? " classes" : " targets")
                    + " needs as many names, found " + others.size() + ": "
                    + Quoted.of(String.join(", ", others)));
        }
        return new Answers(isClasses, others, target);
    }

    Answers targeting(String name) {
        return new Answers(isClasses, names, name);
    }
}
