package dev.ravine.nn;

import dev.ravine.autodiff.OutputCurvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The function that training minimises: one number for each example, from the model's outputs and the targets. Both
 * have one row for each example.
 *
 * <p>An example's loss depends on its own rows of outputs and targets and on no others. Objectives rely on this: they
 * cut a batch into parts and add the parts' losses, gradients and products.
 *
 * <p>Reductions follow PyTorch: if each example's loss is the mean over its outputs, the mean over examples is the mean
 * over all elements.
 */
public interface Loss {
    /**
     * {@return the loss of each example, of shape [examples]}
     *
     * @param outputs the model's outputs, [examples, ...]
     * @param targets the targets of the same cases
     * @throws ShapeException if outputs and targets do not fit
     */
    Tensor perExample(Tensor outputs, Tensor targets);

    /**
     * {@return whether the Fisher matrix is the Gauss-Newton matrix} That holds if the loss is, up to a factor, the
     * negative log-likelihood of an exponential family whose natural parameters are the outputs. If false, the Fisher
     * matrix is not available.
     */
    boolean fisherIsGaussNewton();

    /**
     * {@return how an example's loss curves in its outputs, or empty if the loss does not say} Kronecker factors of
     * drawn targets need it.
     *
     * @param outputs the model's outputs, [examples, ...]
     * @param targets the targets of the same cases
     */
    default Optional<OutputCurvature> curvature(Tensor outputs, Tensor targets) {
        return Optional.empty();
    }

    /**
     * {@return the loss of all examples, a scalar}
     *
     * @param outputs the model's outputs, [examples, ...]
     * @param targets the targets of the same cases
     * @param reduction over the examples
     * @throws ShapeException if outputs and targets do not fit
     */
    default Tensor of(Tensor outputs, Tensor targets, Reduction reduction) {
        return reduction.over(perExample(outputs, targets));
    }

    /**
     * {@return the mean loss of all examples, a scalar}
     *
     * @param outputs the model's outputs, [examples, ...]
     * @param targets the targets of the same cases
     * @throws ShapeException if outputs and targets do not fit
     */
    default Tensor of(Tensor outputs, Tensor targets) {
        return of(outputs, targets, Reduction.MEAN);
    }

    /** {@return the loss -ln softmax(outputs)[label]} */
    static Loss softmaxCrossEntropy() {
        return new SoftmaxCrossEntropy();
    }

    /**
     * {@return the loss -y ln p - (1 - y) ln(1 - p), where p is the logistic function of the output; the mean over each
     * example's outputs}
     */
    static Loss binaryCrossEntropy() {
        return new BinaryCrossEntropy(Reduction.MEAN);
    }

    /** {@return the loss (output - target)^2, the mean over each example's outputs} */
    static Loss meanSquaredError() {
        return new SquaredError(Reduction.MEAN);
    }

    /**
     * {@return the loss that is half the square of output - target up to a distance delta and linear beyond; the mean
     * over each example's outputs}
     *
     * @param delta the distance at which it becomes linear, positive
     */
    static Loss huber(double delta) {
        return new Huber(delta, Reduction.MEAN);
    }

    /**
     * Softmax and cross-entropy of logits (natural logarithm).
     *
     * <p>Outputs [examples, classes]; targets INT64 labels [examples], or probabilities [examples, classes].
     */
    record SoftmaxCrossEntropy() implements Loss {
        @Override
        public Tensor perExample(Tensor outputs, Tensor targets) {
            if (outputs.shape().rank() != 2) {
                throw new ShapeException("softmaxCrossEntropy: outputs must be [examples, classes], found "
                        + outputs.shape() + "; TokenCrossEntropy is for a class at each step");
            }
            boolean isLabels = targets.dtype() == DType.INT64;
            Shape expected = isLabels ? Shape.of(outputs.shape().size(0)) : outputs.shape();
            String name = isLabels ? "softmaxCrossEntropy" : "softmaxCrossEntropy without INT64 labels";
            requireTargets(name, isLabels ? DType.INT64 : outputs.dtype(), expected, outputs, targets);
            return outputs.softmaxCrossEntropy(targets);
        }

        @Override
        public Optional<OutputCurvature> curvature(Tensor outputs, Tensor targets) {
            return Optional.of(new LossCurvatures.Softmax(outputs));
        }

        @Override
        public boolean fisherIsGaussNewton() {
            return true;
        }
    }

    /**
     * Logistic function and cross-entropy of logits z: (1 - y) ln(1 + e^z) + y ln(1 + e^-z).
     *
     * @param outputs reduction over each example's outputs; the literature on autoencoders takes the sum
     */
    record BinaryCrossEntropy(Reduction outputs) implements Loss {
        @Override
        public Tensor perExample(Tensor z, Tensor targets) {
            requireTargets("binaryCrossEntropy", z.dtype(), z.shape(), z, targets);
            return eachExample(z.logisticCrossEntropy(targets), outputs);
        }

        @Override
        public Optional<OutputCurvature> curvature(Tensor z, Tensor targets) {
            return Optional.of(new LossCurvatures.Logistic(z, weight(z, outputs)));
        }

        @Override
        public boolean fisherIsGaussNewton() {
            return true;
        }
    }

    /**
     * (output - target)^2, without a factor 1/2.
     *
     * @param outputs reduction over each example's outputs
     */
    record SquaredError(Reduction outputs) implements Loss {
        @Override
        public Tensor perExample(Tensor z, Tensor targets) {
            requireTargets("squaredError", z.dtype(), z.shape(), z, targets);
            return eachExample(z.sub(targets).square(), outputs);
        }

        @Override
        public Optional<OutputCurvature> curvature(Tensor z, Tensor targets) {
            return Optional.of(new LossCurvatures.Squares(z, weight(z, outputs)));
        }

        @Override
        public boolean fisherIsGaussNewton() {
            return true;
        }
    }

    /**
     * r^2 / 2 for |r| up to delta, else delta (|r| - delta / 2), with r = output - target (Huber, 1964).
     *
     * @param delta positive
     * @param outputs reduction over each example's outputs
     */
    record Huber(double delta, Reduction outputs) implements Loss {
        /**
         * Checks delta.
         *
         * @param delta positive
         * @param outputs reduction over each example's outputs
         * @throws IllegalArgumentException if delta is not positive
         */
        public Huber {
            if (!(delta > 0)) {
                throw new IllegalArgumentException("huber: delta must be positive, found " + delta);
            }
        }

        @Override
        public Tensor perExample(Tensor z, Tensor targets) {
            requireTargets("huber", z.dtype(), z.shape(), z, targets);
            return eachExample(z.sub(targets).huber(delta), outputs);
        }

        @Override
        public Optional<OutputCurvature> curvature(Tensor z, Tensor targets) {
            return Optional.of(new LossCurvatures.Huber(z, targets, delta, weight(z, outputs)));
        }

        @Override
        public boolean fisherIsGaussNewton() {
            return false;
        }
    }

    private static void requireTargets(String name, DType dtype, Shape shape, Tensor outputs, Tensor targets) {
        if (targets.dtype() != dtype || !targets.shape().equals(shape)) {
            throw new ShapeException(name + ": outputs " + outputs.dtype() + " " + outputs.shape() + " need targets "
                    + dtype + " " + shape + ", found " + targets.dtype() + " " + targets.shape());
        }
    }

    /** Reduces all axes but the first. A single axis is left alone: naming no axes would reduce the examples. */
    private static Tensor eachExample(Tensor elements, Reduction reduction) {
        int rank = elements.shape().rank();
        return rank == 1
                ? elements
                : reduction.over(elements, IntStream.range(1, rank).toArray());
    }

    /** The weight of an element's loss in its example's. */
    private static double weight(Tensor elements, Reduction reduction) {
        Shape shape = elements.shape();
        boolean isMean = reduction == Reduction.MEAN && shape.rank() > 1;
        return isMean ? (double) shape.size(0) / shape.count() : 1;
    }
}
