package dev.ravine.nn;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model's outputs for tokens [examples, ..., classes], beside the target tokens [examples, ...]. All tokens that
 * count count alike, times their example's weight: a long sequence counts more than a short one, as is usual for
 * perplexity. Targets equal to the ignored one do not count. A token with a score that is not a number is wrong, and
 * its cross-entropy is not a number.
 */
public final class TokenScores {
    private final String user;
    private final Elements scores;
    private final Elements targets;
    private final DataSet data;
    private final int classes;
    private final int places;
    private final long ignored;

    private TokenScores(String user, INDArray outputs, DataSet data, long ignored) {
        this.user = user;
        this.scores = Elements.of(outputs);
        this.targets = Elements.of(data.targets());
        this.data = data;
        this.classes = (int) outputs.size(-1);
        this.places = targets.size() / data.size();
        this.ignored = ignored;
    }

    /**
     * {@return the scores of all tokens of some data}
     *
     * @param user what the scores are for, in messages, such as {@code perplexity}
     * @param outputs a model's, [examples, ..., classes]
     * @param data the examples, with INT64 targets [examples, ...]
     * @param ignored targets of this value do not count
     * @throws IllegalArgumentException if outputs and targets do not fit
     */
    public static TokenScores of(String user, INDArray outputs, DataSet data, long ignored) {
        Shape shape = Shape.of(outputs);
        Shape targets = Shape.of(data.targets());
        boolean fits = !DType.of(data.targets()).isFloating()
                && shape.rank() == targets.rank() + 1
                && shape.dropping(targets.rank()).equals(targets);
        if (!fits) {
            throw new IllegalArgumentException(user + " needs outputs [examples, ..., classes] and INT64 targets"
                    + " [examples, ...], found outputs " + shape + " and targets " + DType.of(data.targets()) + " "
                    + targets);
        }
        return new TokenScores(user, outputs, data, ignored);
    }

    @FunctionalInterface
    private interface Figure {
        double of(int row, int target);
    }

    /**
     * {@return the fraction of tokens whose largest score is that of their target, from 0 to 1; of equal scores the
     * first is the larger one}
     *
     * @throws IllegalArgumentException if no token counts, or a target has no score
     */
    public double accuracy() {
        return mean((row, target) -> ClassScores.largest(scores, row * classes, classes) == target ? 1 : 0);
    }

    /**
     * {@return the mean over tokens of softmax cross-entropy, in nats; its exponential is the perplexity}
     *
     * @throws IllegalArgumentException if no token counts, or a target has no score
     */
    public double crossEntropy() {
        return mean((row, target) -> {
            int first = row * classes;
            int largest = ClassScores.largest(scores, first, classes);
            if (largest == ClassScores.NONE) {
                return Double.NaN;
            }
            double top = scores.get(first + largest);
            double others = 0;
            for (int k = 0; k < classes; k++) {
                others += k == largest ? 0 : Math.exp(scores.get(first + k) - top);
            }
            return (top - scores.get(first + target)) + Math.log1p(others);
        });
    }

    private double mean(Figure figure) {
        double sum = 0;
        double count = 0;
        for (int row = 0; row < targets.size(); row++) {
            long target = (long) targets.get(row);
            double weight = data.weight(row / places);
            if (target == ignored || weight == 0) {
                continue;
            }
            if (target < 0 || target >= classes) {
                throw new IllegalArgumentException(user + " of " + classes + " outputs: target " + row % places
                        + " of example " + row / places + " is " + target + ", expected 0 to " + (classes - 1) + " or "
                        + ignored + ", which does not count");
            }
            sum += weight * figure.of(row, (int) target);
            count += weight;
        }
        if (count == 0) {
            throw new IllegalArgumentException(
                    user + ": none of " + targets.size() + " targets counts; all are " + ignored + " or have weight 0");
        }
        return sum / count;
    }
}
