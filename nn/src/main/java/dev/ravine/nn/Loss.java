package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.stream.IntStream;

/**
 * The function that training minimises: one number for each example, from the model's outputs and the targets. Both have
 * one row for each example.
 *
 * <p>An example's loss depends on its own rows of outputs and targets and on no others. Objectives rely on this: they cut
 * a batch into parts and add the parts' losses, gradients and products.
 *
 * <p>Reductions follow PyTorch: if each example's loss is the mean over its outputs, the mean over examples is the mean
 * over all elements.
 */
public interface Loss {
    /**
     * The loss of each example.
     *
     * @param outputs the model's, [cases, ...]
     * @param targets of the same number of cases
     * @return a tensor of shape [cases]
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
     * The loss of all examples.
     *
     * @param outputs the model's, [cases, ...]
     * @param targets of the same number of cases
     * @param reduction over the examples
     * @return a scalar
     * @throws ShapeException if outputs and targets do not fit
     */
    default Tensor of(Tensor outputs, Tensor targets, Reduction reduction) {
        return reduction.over(perExample(outputs, targets));
    }

    /**
     * The mean loss of all examples.
     *
     * @param outputs the model's, [cases, ...]
     * @param targets of the same number of cases
     * @return a scalar
     * @throws ShapeException if outputs and targets do not fit
     */
    default Tensor of(Tensor outputs, Tensor targets) {
        return of(outputs, targets, Reduction.MEAN);
    }

    /**
     * -ln softmax(outputs)[label].
     *
     * @return the loss
     */
    static Loss softmaxCrossEntropy() {
        return new SoftmaxCrossEntropy();
    }

    /**
     * -y ln p - (1 - y) ln(1 - p) with p the logistic function of the output, mean over each example's outputs.
     *
     * @return the loss
     */
    static Loss binaryCrossEntropy() {
        return new BinaryCrossEntropy(Reduction.MEAN);
    }

    /**
     * (output - target)^2, mean over each example's outputs.
     *
     * @return the loss
     */
    static Loss meanSquaredError() {
        return new SquaredError(Reduction.MEAN);
    }

    /**
     * Half the square of output - target up to a distance delta, linear beyond, mean over each example's outputs.
     *
     * @param delta where it becomes linear, positive
     * @return the loss
     */
    static Loss huber(double delta) {
        return new Huber(delta, Reduction.MEAN);
    }

    /**
     * Softmax and cross-entropy of logits (natural logarithm).
     *
     * <p>Outputs [cases, classes]; targets INT64 labels [cases], or probabilities [cases, classes].
     */
    record SoftmaxCrossEntropy() implements Loss {
        @Override
        public Tensor perExample(Tensor outputs, Tensor targets) {
            if (outputs.shape().rank() != 2) {
                throw new ShapeException(
                        "softmaxCrossEntropy: outputs must be [cases, classes], found " + outputs.shape());
            }
            int classes = (int) outputs.shape().size(1);
            boolean isLabels = targets.dtype() == DType.INT64;
            Shape expected = isLabels ? Shape.of(outputs.shape().size(0)) : outputs.shape();
            String name = isLabels ? "softmaxCrossEntropy" : "softmaxCrossEntropy without INT64 labels";
            requireTargets(name, isLabels ? DType.INT64 : outputs.dtype(), expected, outputs, targets);
            Tensor weights = isLabels ? targets.oneHot(classes, outputs.dtype()) : targets;
            return outputs.logSoftmax(1).mul(weights).sum(1).neg();
        }

        @Override
        public boolean fisherIsGaussNewton() {
            return true;
        }
    }

    /**
     * Logistic function and cross-entropy of logits z: ln(1 + e^z) - y z, which does not overflow.
     *
     * @param outputs over each example's outputs; the sum for autoencoders in the literature's convention
     */
    record BinaryCrossEntropy(Reduction outputs) implements Loss {
        @Override
        public Tensor perExample(Tensor z, Tensor targets) {
            requireTargets("binaryCrossEntropy", z.dtype(), z.shape(), z, targets);
            return eachExample(z.softplus().sub(targets.mul(z)), outputs);
        }

        @Override
        public boolean fisherIsGaussNewton() {
            return true;
        }
    }

    /**
     * (output - target)^2, without a factor 1/2.
     *
     * @param outputs over each example's outputs
     */
    record SquaredError(Reduction outputs) implements Loss {
        @Override
        public Tensor perExample(Tensor z, Tensor targets) {
            requireTargets("squaredError", z.dtype(), z.shape(), z, targets);
            return eachExample(z.sub(targets).square(), outputs);
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
     * @param outputs over each example's outputs
     */
    record Huber(double delta, Reduction outputs) implements Loss {
        /**
         * Checks delta.
         *
         * @param delta positive
         * @param outputs over each example's outputs
         * @throws IllegalArgumentException if delta is not positive
         */
        public Huber {
            if (!(delta > 0)) {
                throw new IllegalArgumentException("huber: delta must be positive, found " + delta);
            }
        }

        /** Written with the clipped residual c as c (r - c / 2), which has the right second derivative at r = 0 too. */
        @Override
        public Tensor perExample(Tensor z, Tensor targets) {
            requireTargets("huber", z.dtype(), z.shape(), z, targets);
            Tensor residual = z.sub(targets);
            Tensor clipped = residual.clip(-delta, delta);
            return eachExample(clipped.mul(residual.sub(clipped.mul(0.5))), outputs);
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

    /** Reduces all axes but the first; where there is no other, naming none would reduce the examples too. */
    private static Tensor eachExample(Tensor elements, Reduction reduction) {
        int rank = elements.shape().rank();
        return rank == 1
                ? elements
                : reduction.over(elements, IntStream.range(1, rank).toArray());
    }
}
