package dev.ravine.optim.training;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Elements;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import dev.ravine.nn.Loss;
import dev.ravine.nn.TokenCrossEntropy;
import dev.ravine.nn.TokenScores;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
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
     * The mean loss. If the data have weights, it is the sum of weight times loss, divided by the sum of the weights.
     *
     * @param loss of outputs and targets
     * @return a metric named "loss"
     */
    public static Metric loss(Loss loss) {
        return new Metric("loss", false, new MeanLoss(loss));
    }

    /**
     * The fraction of examples whose predicted class is their label, by the rules of {@link ClassScores}.
     *
     * @return a metric named "accuracy"
     */
    public static Metric accuracy() {
        return new Metric("accuracy", true, new Top(1));
    }

    /**
     * The fraction of examples whose label is among the k largest outputs, by the rules of {@link ClassScores}.
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
     * The mean over all outputs of all examples of (output - target)^2, with weights as in {@link #loss}.
     *
     * @return a metric named "mse"
     */
    public static Metric meanSquaredError() {
        return new Metric("mse", false, new MeanLoss(Loss.meanSquaredError()));
    }

    /**
     * The fraction of tokens that are predicted, by the rules of {@link TokenScores}; targets of
     * {@value TokenCrossEntropy#IGNORED} do not count.
     *
     * @return a metric named "token accuracy"
     */
    public static Metric tokenAccuracy() {
        return new Metric("token accuracy", true, new TokenAccuracy(TokenCrossEntropy.IGNORED));
    }

    /**
     * The exponential of the mean cross-entropy of a token: as many equally likely tokens would be as hard to predict.
     * By the rules of {@link TokenScores}; targets of {@value TokenCrossEntropy#IGNORED} do not count.
     *
     * @return a metric named "perplexity"
     */
    public static Metric perplexity() {
        return new Metric("perplexity", false, new Perplexity(TokenCrossEntropy.IGNORED));
    }

    private record TokenAccuracy(long ignored) implements ToDoubleBiFunction<INDArray, DataSet> {
        @Override
        public double applyAsDouble(INDArray outputs, DataSet data) {
            return TokenScores.of("token accuracy", outputs, data, ignored).accuracy();
        }
    }

    private record Perplexity(long ignored) implements ToDoubleBiFunction<INDArray, DataSet> {
        @Override
        public double applyAsDouble(INDArray outputs, DataSet data) {
            return Math.exp(TokenScores.of("perplexity", outputs, data, ignored).crossEntropy());
        }
    }

    /** The mean loss; a record, so that it is known by its loss. */
    private record MeanLoss(Loss loss) implements ToDoubleBiFunction<INDArray, DataSet> {
        @Override
        public double applyAsDouble(INDArray outputs, DataSet data) {
            return mean(loss, outputs, data);
        }
    }

    /** The fraction whose label is among the k largest outputs. */
    private record Top(int k) implements ToDoubleBiFunction<INDArray, DataSet> {
        @Override
        public double applyAsDouble(INDArray outputs, DataSet data) {
            return fractionWithin(k, outputs, data);
        }
    }

    private static double mean(Loss loss, INDArray outputs, DataSet data) {
        Tensor of = Tensor.constant(outputs);
        Tensor targets = Tensor.constant(data.targets());
        if (data.weights().isEmpty()) {
            return loss.of(of, targets).value().getDouble(0);
        }
        Elements losses = Elements.of(loss.perExample(of, targets).value());
        int[] counting =
                data.weights().get().counting(IntStream.range(0, data.size()).toArray());
        double sum = 0;
        for (int i : counting) {
            sum += data.weight(i) * losses.get(i);
        }
        return sum / data.weights().get().total(counting);
    }

    private static double fractionWithin(int k, INDArray outputs, DataSet data) {
        ClassScores scores = ClassScores.of("accuracy", outputs, data);
        return scores.weightWithin(k) / scores.totalWeight();
    }
}
