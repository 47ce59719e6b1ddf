package dev.ravine.optim.training;

import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How often examples of each class were taken for each class, or for none, by the rules of {@link ClassScores}. Counts
 * are of examples; accuracy, precision and recall weigh them, if the data have weights.
 */
public final class ConfusionMatrix {
    private final long[][] counts;
    private final double[][] weights;

    /** In both arrays the column after that of the last class is for examples without a predicted class. */
    private ConfusionMatrix(long[][] counts, double[][] weights) {
        this.counts = counts;
        this.weights = weights;
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
        return new ConfusionMatrix(counts, weights);
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
     */
    public long count(int label, int predicted) {
        if (predicted == classes()) {
            throw new IndexOutOfBoundsException("a confusion matrix of " + classes() + " classes has no class "
                    + predicted + "; examples without a predicted class are in countWithoutClass");
        }
        return counts[label][predicted];
    }

    /**
     * The number of examples that were taken for no class, because an output was not a number.
     *
     * @param label of which class examples are
     * @return how many there are
     */
    public long countWithoutClass(int label) {
        return counts[label][classes()];
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
        double all = 0;
        for (double[] row : weights) {
            all += row[predicted];
        }
        return weights[predicted][predicted] / all;
    }

    /**
     * Of the examples of a class, the fraction that was taken for it.
     *
     * @param label the class
     * @return from 0 to 1; not a number if there is none
     */
    public double recall(int label) {
        return weights[label][label] / ofClass(label);
    }

    private double ofClass(int label) {
        return Arrays.stream(weights[label]).sum();
    }

    /**
     * A table: a row for each label, a column for each prediction, recall at the right and precision below. If there
     * are examples without a predicted class, a column {@code none} has their counts.
     */
    @Override
    public String toString() {
        boolean hasNone = Arrays.stream(counts).anyMatch(row -> row[classes()] > 0);
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "%9s", "label"));
        for (int j = 0; j < classes(); j++) {
            table.append(String.format(Locale.ROOT, " %7d", j));
        }
        table.append(hasNone ? "    none  recall\n" : "  recall\n");
        for (int i = 0; i < classes(); i++) {
            table.append(String.format(Locale.ROOT, "%9d", i));
            for (int j = 0; j < (hasNone ? classes() + 1 : classes()); j++) {
                table.append(String.format(Locale.ROOT, " %7d", counts[i][j]));
            }
            table.append(String.format(Locale.ROOT, " %7.3f\n", recall(i)));
        }
        table.append("precision");
        for (int j = 0; j < classes(); j++) {
            table.append(String.format(Locale.ROOT, " %7.3f", precision(j)));
        }
        return table.append(String.format(Locale.ROOT, "\naccuracy %.4f", accuracy()))
                .toString();
    }
}
