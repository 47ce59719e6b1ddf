package dev.ravine.nn;

import dev.ravine.autodiff.OutputCurvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Softmax and cross-entropy of logits for each token of a sequence (natural logarithm). Outputs [examples, ...,
 * classes], such as [examples, time, classes]; targets INT64 [examples, ...].
 *
 * <p>An example's loss is the mean over its tokens that count, weighted by the weights of their classes, as PyTorch's
 * {@code CrossEntropyLoss} of this example alone; with the reduction {@link Reduction#SUM} it is the sum. It is 0 if no
 * token counts. PyTorch's mean over a whole batch weighs all tokens alike: give each example its number of tokens as
 * weight, by {@link dev.ravine.core.data.DataSet#withWeights}, to have the same.
 *
 * @param ignored targets of this value do not count; {@value #IGNORED} by default, as in PyTorch
 * @param smoothing the share of each target that all classes get in equal parts, from 0 to below 1; 0 by default
 *     (Szegedy et al., CVPR 2016)
 * @param classWeights one for each class, none negative; empty if all are 1
 * @param tokens reduction over an example's tokens
 */
public record TokenCrossEntropy(long ignored, double smoothing, List<Double> classWeights, Reduction tokens)
        implements Loss {
    /** PyTorch's default of a target that does not count. */
    public static final long IGNORED = -100;

    /**
     * Checks all settings.
     *
     * @param ignored targets of this value do not count
     * @param smoothing from 0 to below 1
     * @param classWeights one for each class, none negative; empty if all are 1
     * @param tokens reduction over an example's tokens
     * @throws IllegalArgumentException if one is out of range
     */
    public TokenCrossEntropy {
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException(
                    "tokenCrossEntropy: smoothing must be from 0 to below 1, found " + smoothing);
        }
        classWeights = Check.noNulls("tokenCrossEntropy: class weights", classWeights);
        classWeights.forEach(weight -> Check.notNegative("tokenCrossEntropy: a class's weight", weight));
    }

    /**
     * The mean over an example's tokens, with {@link #IGNORED} as the target that does not count and nothing else set.
     */
    public TokenCrossEntropy() {
        this(IGNORED, 0, List.of(), Reduction.MEAN);
    }

    /**
     * {@return this loss with another target that does not count}
     *
     * @param target such as the padding
     */
    public TokenCrossEntropy ignoring(long target) {
        return new TokenCrossEntropy(target, smoothing, classWeights, tokens);
    }

    /**
     * {@return this loss with smoothed targets}
     *
     * @param share from 0 to below 1
     */
    public TokenCrossEntropy smoothing(double share) {
        return new TokenCrossEntropy(ignored, share, classWeights, tokens);
    }

    /**
     * {@return this loss with a weight for each class}
     *
     * @param weights one for each class, none negative
     */
    public TokenCrossEntropy classWeights(double... weights) {
        return new TokenCrossEntropy(
                ignored, smoothing, Arrays.stream(weights).boxed().toList(), tokens);
    }

    /** {@return this loss, summed over an example's tokens} */
    public TokenCrossEntropy summed() {
        return new TokenCrossEntropy(ignored, smoothing, classWeights, Reduction.SUM);
    }

    @Override
    public Tensor perExample(Tensor outputs, Tensor targets) {
        requireFit(outputs, targets);
        long examples = targets.shape().size(0);
        long places = targets.shape().count() / Math.max(1, examples);
        long classes = outputs.shape().size(-1);
        Tensor each = outputs.reshape(Shape.of(examples * places, classes))
                .softmaxCrossEntropy(rows(outputs, targets).reshape(Shape.of(examples * places, classes)));
        Tensor sums = each.reshape(Shape.of(examples, places)).sum(1);
        return tokens == Reduction.SUM ? sums : sums.mul(scale(outputs, targets));
    }

    private void requireFit(Tensor outputs, Tensor targets) {
        Shape shape = outputs.shape();
        boolean fits = shape.rank() >= 2
                && targets.dtype() == DType.INT64
                && targets.shape().equals(shape.dropping(shape.rank() - 1));
        if (!fits) {
            throw new ShapeException("tokenCrossEntropy: needs outputs [examples, ..., classes] and INT64 targets"
                    + " [examples, ...], found outputs " + shape + " and targets " + targets.dtype() + " "
                    + targets.shape());
        }
        if (!classWeights.isEmpty() && classWeights.size() != shape.size(-1)) {
            throw new ShapeException("tokenCrossEntropy: outputs " + shape + " have " + shape.size(-1)
                    + " classes, but there are " + classWeights.size() + " class weights; give one for each class");
        }
    }

    private Tensor rows(Tensor outputs, Tensor targets) {
        return Tensor.of(new TokenTargets.Rows(classes(outputs), smoothing), targets);
    }

    private Tensor scale(Tensor outputs, Tensor targets) {
        return Tensor.of(new TokenTargets.Scale(classes(outputs)), targets);
    }

    private TokenTargets.Classes classes(Tensor outputs) {
        int classes = Math.toIntExact(outputs.shape().size(-1));
        return new TokenTargets.Classes(classes, ignored, classWeights, outputs.dtype());
    }

    /** The Hessian of a token is its factor times that of softmax: the sum of its classes' factors. */
    @Override
    public Optional<OutputCurvature> curvature(Tensor outputs, Tensor targets) {
        requireFit(outputs, targets);
        Tensor factors = rows(outputs, targets).sumKeeping(-1);
        if (tokens == Reduction.MEAN) {
            long[] ones = new long[factors.shape().rank()];
            Arrays.fill(ones, 1);
            ones[0] = targets.shape().size(0);
            factors = factors.mul(scale(outputs, targets).reshape(Shape.of(ones)));
        }
        return Optional.of(new LossCurvatures.Weighted(new LossCurvatures.Softmax(outputs), factors.sqrt()));
    }

    /** With weights of classes, a token's factor depends on its target, which the model does not draw. */
    @Override
    public boolean fisherIsGaussNewton() {
        return classWeights.isEmpty();
    }
}
