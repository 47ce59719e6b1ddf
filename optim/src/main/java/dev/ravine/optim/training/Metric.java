package dev.ravine.optim.training;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import java.util.function.ToDoubleBiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A figure of merit of a model's outputs. A run that goes on from a checkpoint knows a metric by its name and its
 * function's text ({@link dev.ravine.core.StableText}); a lambda is known by its class only.
 *
 * @param name what it is called in reports
 * @param isBetterWhenLarger whether early stopping waits for larger values, or smaller ones
 * @param figure from outputs [cases, ...] and the data they are for
 */
public record Metric(String name, boolean isBetterWhenLarger, ToDoubleBiFunction<INDArray, DataSet> figure) {
    /**
     * The mean loss.
     *
     * @param loss of outputs and targets
     * @return a metric named "loss"
     */
    public static Metric loss(Loss loss) {
        return new Metric("loss", false, new MeanLoss(loss));
    }

    /**
     * The fraction of examples whose largest output is at their label; the first of equal outputs counts.
     *
     * @return a metric named "accuracy"
     */
    public static Metric accuracy() {
        return new Metric("accuracy", true, new Top(1));
    }

    /**
     * The fraction of examples whose label is among the k largest outputs; of equal outputs the first ones count.
     *
     * @param k at least 1
     * @return a metric named such as "top-5"
     */
    public static Metric top(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("top-k needs k to be at least 1, found " + k);
        }
        return new Metric("top-" + k, true, new Top(k));
    }

    /**
     * The mean over all outputs of all examples of (output - target)^2.
     *
     * @return a metric named "mse"
     */
    public static Metric meanSquaredError() {
        return new Metric("mse", false, new MeanLoss(Loss.meanSquaredError()));
    }

    /** The mean loss; a record, so that it is known by its loss. */
    private record MeanLoss(Loss loss) implements ToDoubleBiFunction<INDArray, DataSet> {
        @Override
        public double applyAsDouble(INDArray outputs, DataSet data) {
            return loss.of(Tensor.constant(outputs), Tensor.constant(data.targets()))
                    .value()
                    .getDouble(0);
        }
    }

    /** The fraction whose label is among the k largest outputs. */
    private record Top(int k) implements ToDoubleBiFunction<INDArray, DataSet> {
        @Override
        public double applyAsDouble(INDArray outputs, DataSet data) {
            return fractionWithin(k, outputs, data);
        }
    }

    private static double fractionWithin(int k, INDArray outputs, DataSet data) {
        if (!data.hasLabels()) {
            throw new IllegalArgumentException("accuracy needs labels, the data have targets of " + data.targetShape()
                    + " and dtype " + DType.of(data.targets()));
        }
        Elements scores = Elements.of(outputs);
        Elements labels = Elements.of(data.targets());
        int classes = (int) outputs.size(-1);
        int hits = 0;
        for (int i = 0; i < data.size(); i++) {
            int label = (int) labels.get(i);
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("accuracy of " + classes + " outputs: the label of example " + i
                        + " is " + label + ", expected 0 to " + (classes - 1));
            }
            double own = scores.get(i * classes + label);
            int above = 0;
            for (int j = 0; j < classes; j++) {
                double other = scores.get(i * classes + j);
                // What is not a number is worse than anything; of equals, the first is better.
                if (j != label && (other > own || Double.isNaN(own) || (other == own && j < label))) {
                    above++;
                }
            }
            hits += above < k ? 1 : 0;
        }
        return (double) hits / data.size();
    }
}
