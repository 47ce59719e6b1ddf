package dev.ravine.nn;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model's outputs as scores of classes, beside the labels of the same examples. All figures of classification follow
 * from these rules:
 *
 * <ul>
 *   <li>The predicted class is that of the largest score. Of equal scores, the first is the larger one.
 *   <li>An example has no predicted class if one of its scores is not a number, because such scores have no order and
 *       their softmax is not a number. It is wrong, whatever its label.
 *   <li>An example counts as often as its {@linkplain DataSet#weight weight} says.
 * </ul>
 */
public final class ClassScores {
    /** The predicted class of an example that has none. */
    public static final int NONE = -1;

    private final String user;
    private final Elements scores;
    private final int examples;
    private final int classes;
    private final DataSet data;
    private final Elements labels;
    private final int first;

    private ClassScores(String user, INDArray outputs, DataSet data, int first) {
        this.user = user;
        this.scores = Elements.of(outputs);
        this.examples = (int) outputs.size(0);
        this.classes = (int) outputs.size(1);
        this.data = data;
        this.labels = Elements.of(data.targets());
        this.first = first;
    }

    /**
     * {@return the scores of all examples of some data}
     *
     * @param user what the scores are for, in messages, such as {@code accuracy}
     * @param outputs a model's, of shape [examples, classes]
     * @param data the examples, with labels
     * @throws IllegalArgumentException if the data have no labels, or the outputs do not have a row for each example
     */
    public static ClassScores of(String user, INDArray outputs, DataSet data) {
        if (outputs.rank() > 0 && outputs.size(0) != data.size()) {
            throw new IllegalArgumentException(
                    user + " needs outputs of shape [" + data.size() + ", classes], found " + Shape.of(outputs));
        }
        return of(user, outputs, data, 0);
    }

    /**
     * {@return the scores of some consecutive examples of some data}
     *
     * @param user what the scores are for, in messages, such as {@code accuracy}
     * @param outputs a model's, of shape [some examples, classes]
     * @param data the examples, with labels
     * @param first the example to which the first row belongs
     * @throws IllegalArgumentException if the data have no labels, or the outputs are no matrix
     */
    static ClassScores of(String user, INDArray outputs, DataSet data, int first) {
        requireLabels(user, data);
        if (outputs.rank() != 2) {
            throw new IllegalArgumentException(user + " needs outputs of shape [examples, classes], one score for each"
                    + " class, found " + Shape.of(outputs));
        }
        return new ClassScores(user, outputs, data, first);
    }

    static void requireLabels(String user, DataSet data) {
        if (!data.hasLabels()) {
            throw new IllegalArgumentException(user + " needs labels, the data have targets of shape "
                    + data.targetShape() + " and dtype " + DType.of(data.targets())
                    + "; labels are one integer an example, such as Arena.ofIntegers gives");
        }
    }

    /** {@return the number of examples} */
    public int examples() {
        return examples;
    }

    /** {@return the number of scores of each example} */
    public int classes() {
        return classes;
    }

    /**
     * {@return the label of an example}
     *
     * @param row its row in the outputs
     * @throws IllegalArgumentException if there is no output for it
     */
    public int label(int row) {
        int label = (int) labels.get(first + row);
        if (label >= classes) {
            throw new IllegalArgumentException(user + " of " + classes + " outputs: the label of example "
                    + (first + row) + " is " + label + ", expected 0 to " + (classes - 1));
        }
        return label;
    }

    /**
     * {@return how much an example counts}
     *
     * @param row its row in the outputs
     */
    public double weight(int row) {
        return data.weight(first + row);
    }

    /** {@return the sum of the weights of all examples} */
    public double totalWeight() {
        double sum = 0;
        for (int row = 0; row < examples; row++) {
            sum += weight(row);
        }
        return sum;
    }

    /**
     * {@return the class of the largest score, or {@link #NONE}}
     *
     * @param row the example's row in the outputs
     */
    public int predicted(int row) {
        return largest(scores, row * classes, classes);
    }

    /** The place of the largest of some scores, the first of equal ones; {@link #NONE} if one is not a number. */
    static int largest(Elements scores, int from, int count) {
        int best = 0;
        for (int k = 0; k < count; k++) {
            double score = scores.get(from + k);
            if (Double.isNaN(score)) {
                return NONE;
            }
            best = score > scores.get(from + best) ? k : best;
        }
        return best;
    }

    /**
     * {@return the sum of the weights of the examples whose label is among the k largest scores}
     *
     * @param k at least 1
     */
    public double weightWithin(int k) {
        double sum = 0;
        for (int row = 0; row < examples; row++) {
            if (isWithin(k, row, label(row))) {
                sum += weight(row);
            }
        }
        return sum;
    }

    private boolean isWithin(int k, int row, int label) {
        double own = score(row, label);
        int above = 0;
        boolean isOrdered = true;
        for (int j = 0; j < classes; j++) {
            double other = score(row, j);
            isOrdered &= !Double.isNaN(other);
            above += other > own || (other == own && j < label) ? 1 : 0;
        }
        return isOrdered && above < k;
    }

    private double score(int row, int k) {
        return scores.get(row * classes + k);
    }
}
