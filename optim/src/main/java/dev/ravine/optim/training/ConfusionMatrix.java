package dev.ravine.optim.training;

import dev.ravine.core.Check;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How often examples of each class were taken for each class, or for none, by the rules of {@link ClassScores}. Counts
 * are of examples; accuracy, precision and recall weigh them, if the data have weights.
 */
public final class ConfusionMatrix {
    private final long[][] counts;
    private final double[][] weights;
    private final List<String> names;

    /** In both arrays the column after that of the last class is for examples without a predicted class. */
    private ConfusionMatrix(long[][] counts, double[][] weights, List<String> names) {
        this.counts = counts;
        this.weights = weights;
        this.names = names;
    }

    /**
     * Counts.
     *
     * @param outputs a model's, of shape [examples, classes]
     * @param data the examples, with labels from 0 to classes - 1
     * @return the counts
     * @throws IllegalArgumentException if the data have no labels, or shapes or labels do not fit
     */
    public static ConfusionMatrix of(INDArray outputs, DataSet data) {
        ClassScores scores = ClassScores.of("a confusion matrix", outputs, data);
        int classes = scores.classes();
        long[][] counts = new long[classes][classes + 1];
        double[][] weights = new double[classes][classes + 1];
        for (int i = 0; i < scores.examples(); i++) {
            int predicted = scores.predicted(i);
            int column = predicted == ClassScores.NONE ? classes : predicted;
            counts[scores.label(i)][column]++;
            weights[scores.label(i)][column] += scores.weight(i);
        }
        List<String> numbers =
                IntStream.range(0, classes).mapToObj(String::valueOf).toList();
        return new ConfusionMatrix(counts, weights, numbers);
    }

    /**
     * This matrix with names of classes, which its table shows.
     *
     * @param classNames a name for each class
     * @return the same counts
     * @throws IllegalArgumentException if there is not one for each class
     */
    public ConfusionMatrix named(List<String> classNames) {
        Check.noNulls("the names of classes", classNames);
        if (classNames.size() != classes()) {
            throw new IllegalArgumentException("a confusion matrix of " + classes()
                    + " classes needs as many names, found " + classNames.size() + ": " + classNames);
        }
        return new ConfusionMatrix(counts, weights, List.copyOf(classNames));
    }

    /**
     * The names of the classes; their numbers if they have no names.
     *
     * @return a name for each class
     */
    public List<String> names() {
        return names;
    }

    /**
     * The number of classes.
     *
     * @return the order of the matrix
     */
    public int classes() {
        return counts.length;
    }

    /**
     * A count.
     *
     * @param label of which class examples are
     * @param predicted for which class they were taken
     * @return how many there are
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public long count(int label, int predicted) {
        return counts[required(label)][required(predicted)];
    }

    /**
     * The number of examples that were taken for no class, because an output was not a number.
     *
     * @param label of which class examples are
     * @return how many there are
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public long countWithoutClass(int label) {
        return counts[required(label)][classes()];
    }

    /**
     * The fraction of examples that were taken for what they are.
     *
     * @return from 0 to 1
     */
    public double accuracy() {
        double right = 0;
        double all = 0;
        for (int i = 0; i < classes(); i++) {
            right += weights[i][i];
            all += ofClass(i);
        }
        return right / all;
    }

    /**
     * Of the examples that were taken for a class, the fraction that is of it.
     *
     * @param predicted the class
     * @return from 0 to 1; not a number if none was taken for it
     */
    public double precision(int predicted) {
        return weights[required(predicted)][predicted] / takenFor(predicted);
    }

    /**
     * Of the examples of a class, the fraction that was taken for it.
     *
     * @param label the class
     * @return from 0 to 1; not a number if there is none
     */
    public double recall(int label) {
        return weights[required(label)][label] / ofClass(label);
    }

    /**
     * The harmonic mean of precision and recall: 2 a / (2 a + b + c), where a examples of the class were taken for it,
     * b others were, and c of the class were not.
     *
     * @param label the class
     * @return from 0 to 1; not a number if the class occurs neither among labels nor among predictions
     */
    public double f1(int label) {
        double right = weights[required(label)][label];
        return 2 * right / (ofClass(label) + takenFor(label));
    }

    /**
     * The mean of {@link #f1} over all classes that occur among labels or predictions.
     *
     * @return from 0 to 1
     */
    public double macroF1() {
        return IntStream.range(0, classes())
                .mapToDouble(this::f1)
                .filter(f1 -> !Double.isNaN(f1))
                .average()
                .orElse(Double.NaN);
    }

    /**
     * The mean of {@link #f1} over all classes that occur among labels, by the weight of their examples.
     *
     * @return from 0 to 1
     */
    public double weightedF1() {
        double sum = 0;
        double all = 0;
        for (int i = 0; i < classes(); i++) {
            sum += ofClass(i) > 0 ? ofClass(i) * f1(i) : 0;
            all += ofClass(i);
        }
        return sum / all;
    }

    private int required(int index) {
        if (index < 0 || index >= classes()) {
            throw new IndexOutOfBoundsException("a confusion matrix of " + classes() + " classes has no class " + index
                    + "; expected 0 to " + (classes() - 1)
                    + "; examples without a predicted class are in countWithoutClass");
        }
        return index;
    }

    private double takenFor(int predicted) {
        double all = 0;
        for (double[] row : weights) {
            all += row[predicted];
        }
        return all;
    }

    private double ofClass(int label) {
        return Arrays.stream(weights[label]).sum();
    }

    /**
     * A table: a row for each label, a column for each prediction, recall at the right and precision below. If there
     * are examples without a predicted class, a column {@code none} has their counts. Long names of columns are cut.
     */
    @Override
    public String toString() {
        boolean hasNone = Arrays.stream(counts).anyMatch(row -> row[classes()] > 0);
        int width = Math.max(9, names.stream().mapToInt(String::length).max().orElse(0));
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "%" + width + "s", "label"));
        for (String name : names) {
            table.append(String.format(Locale.ROOT, " %7.7s", name));
        }
        table.append(hasNone ? "    none  recall\n" : "  recall\n");
        for (int i = 0; i < classes(); i++) {
            table.append(String.format(Locale.ROOT, "%" + width + "s", names.get(i)));
            for (int j = 0; j < (hasNone ? classes() + 1 : classes()); j++) {
                table.append(String.format(Locale.ROOT, " %7d", counts[i][j]));
            }
            table.append(String.format(Locale.ROOT, " %7.3f\n", recall(i)));
        }
        table.append(String.format(Locale.ROOT, "%" + width + "s", "precision"));
        for (int j = 0; j < classes(); j++) {
            table.append(String.format(Locale.ROOT, " %7.3f", precision(j)));
        }
        return table.append(String.format(Locale.ROOT, "\naccuracy %.4f", accuracy()))
                .toString();
    }
}
