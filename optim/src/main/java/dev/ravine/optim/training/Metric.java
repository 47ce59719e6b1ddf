package dev.ravine.optim.training;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
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

    /**
     * The mean over all outputs of all examples of |output - target|, with weights as in {@link #loss}.
     *
     * @return a metric named "mae"
     */
    public static Metric meanAbsoluteError() {
        return new Metric("mae", false, RegressionFigures.ABSOLUTE_ERROR);
    }

    /**
     * The fraction of all outputs of all examples that are further from their target than a tolerance, all counting
     * alike. An output that is not a number is.
     *
     * @param tolerance at least 0
     * @return a metric named such as "off by more than 0.04"
     */
    public static Metric beyond(double tolerance) {
        Check.notNegative("the tolerance", tolerance);
        return new Metric("off by more than " + tolerance, false, (outputs, data) -> {
            RegressionFigures.requireNumbers("a fraction of outputs that are off", outputs, data);
            Elements found = Elements.of(outputs);
            Elements expected = Elements.of(data.targets());
            long wrong = 0;
            for (int i = 0; i < found.size(); i++) {
                wrong += Math.abs(found.get(i) - expected.get(i)) <= tolerance ? 0 : 1;
            }
            return (double) wrong / found.size();
        });
    }

    /**
     * The coefficient of determination, 1 - sum (output - target)^2 / sum (target - mean)^2; the mean over the targets
     * of an example. It is 1 for perfect outputs, 0 for those of the targets' mean, and may be negative. Targets that
     * do not vary count as 1 if the outputs are right, else as 0, as in scikit-learn's {@code r2_score}.
     *
     * @return a metric named "R2"
     */
    public static Metric determination() {
        return new Metric("R2", true, RegressionFigures.DETERMINATION);
    }

    /**
     * The mean over classes of {@link ConfusionMatrix#f1}, all counting alike.
     *
     * @return a metric named "macro F1"
     */
    public static Metric macroF1() {
        return new Metric("macro F1", true, new F1(false));
    }

    /**
     * The mean over classes of {@link ConfusionMatrix#f1}, by the weight of their examples.
     *
     * @return a metric named "weighted F1"
     */
    public static Metric weightedF1() {
        return new Metric("weighted F1", true, new F1(true));
    }

    /**
     * The area under the ROC curve, by the probabilities that softmax gives outputs: the chance that an example of a
     * class has a higher probability of it than one of another class, where equal ones count one half. With more than
     * two classes it is the mean over those that occur, each against all others. It is not a number if an output is
     * none. One class alone is refused.
     *
     * @return a metric named "AUC"
     */
    public static Metric areaUnderCurve() {
        return new Metric("AUC", true, new RankingFigure());
    }

    /**
     * The expected calibration error: the mean difference between how sure the predictions are, by softmax, and how
     * often they are right, over bins of equal width (Guo, Pleiss, Sun and Weinberger, ICML 2017). It is not a number
     * if an output is none.
     *
     * @param bins at least 1; 15 in the paper
     * @return a metric named "calibration error"
     */
    public static Metric calibrationError(int bins) {
        if (bins < 1) {
            throw new IllegalArgumentException("a calibration error needs at least 1 bin, found " + bins);
        }
        return new Metric("calibration error", false, new CalibrationFigure(bins));
    }

    /** A mean over classes. */
    private record F1(boolean isWeighted) implements ToDoubleBiFunction<INDArray, DataSet> {
        @Override
        public double applyAsDouble(INDArray outputs, DataSet data) {
            ConfusionMatrix matrix = ConfusionMatrix.of(outputs, data);
            return isWeighted ? matrix.weightedF1() : matrix.macroF1();
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
