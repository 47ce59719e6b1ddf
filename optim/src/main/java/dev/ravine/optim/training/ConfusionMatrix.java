package dev.ravine.optim.training;

import dev.ravine.core.Elements;
import dev.ravine.core.data.DataSet;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How often examples of each class were taken for each class. */
public final class ConfusionMatrix {
    private final long[][] counts;

    private ConfusionMatrix(long[][] counts) {
        this.counts = counts;
    }

    /**
     * Counts. An example is taken for the class of its largest output, of equal ones the first; outputs that are not a
     * number are no largest ones, and if all are, it is the first class.
     *
     * @param outputs a model's, of shape [examples, classes]
     * @param data the examples, with labels from 0 to classes - 1
     * @return the counts
     * @throws IllegalArgumentException if the data have no labels, or shapes or labels do not fit
     */
    public static ConfusionMatrix of(INDArray outputs, DataSet data) {
        if (!data.hasLabels() || outputs.rank() != 2 || outputs.size(0) != data.size()) {
            throw new IllegalArgumentException("a confusion matrix needs labels and outputs of shape [" + data.size()
                    + ", classes], found targets of " + data.targetShape() + " and outputs of "
                    + Arrays.toString(outputs.shape()));
        }
        int classes = (int) outputs.size(1);
        Elements scores = Elements.of(outputs);
        Elements labels = Elements.of(data.targets());
        long[][] counts = new long[classes][classes];
        for (int i = 0; i < data.size(); i++) {
            int label = (int) labels.get(i);
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("a confusion matrix of " + classes
                        + " outputs: the label of example " + i + " is " + label + ", expected 0 to " + (classes - 1));
            }
            counts[label][largest(scores, i * classes, classes)]++;
        }
        return new ConfusionMatrix(counts);
    }

    private static int largest(Elements scores, int from, int count) {
        int best = -1;
        for (int j = 0; j < count; j++) {
            double score = scores.get(from + j);
            if (!Double.isNaN(score) && (best < 0 || score > scores.get(from + best))) {
                best = j;
            }
        }
        return Math.max(best, 0);
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
        return counts[label][predicted];
    }

    /**
     * The fraction of examples that were taken for what they are.
     *
     * @return from 0 to 1
     */
    public double accuracy() {
        long right = 0;
        long all = 0;
        for (int i = 0; i < classes(); i++) {
            right += counts[i][i];
            all += ofClass(i);
        }
        return (double) right / all;
    }

    /**
     * Of the examples that were taken for a class, the fraction that is of it.
     *
     * @param predicted the class
     * @return from 0 to 1; not a number if none was taken for it
     */
    public double precision(int predicted) {
        long all = 0;
        for (long[] row : counts) {
            all += row[predicted];
        }
        return (double) counts[predicted][predicted] / all;
    }

    /**
     * Of the examples of a class, the fraction that was taken for it.
     *
     * @param label the class
     * @return from 0 to 1; not a number if there is none
     */
    public double recall(int label) {
        return (double) counts[label][label] / ofClass(label);
    }

    private long ofClass(int label) {
        return Arrays.stream(counts[label]).sum();
    }

    /** A table: a row for each label, a column for each prediction, recall at the right and precision below. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "%9s", "label"));
        for (int j = 0; j < classes(); j++) {
            table.append(String.format(Locale.ROOT, " %7d", j));
        }
        table.append("  recall\n");
        for (int i = 0; i < classes(); i++) {
            table.append(String.format(Locale.ROOT, "%9d", i));
            for (long count : counts[i]) {
                table.append(String.format(Locale.ROOT, " %7d", count));
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
