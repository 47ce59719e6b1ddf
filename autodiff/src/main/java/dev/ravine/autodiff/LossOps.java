package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.BinaryKernels;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.SoftmaxKernels;
import dev.ravine.core.kernels.UnaryKernels;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Losses that lose their digits when they are put together from other operations, because ln sum e^z - z and ln(1 + e^z)
 * - t z cancel, and because 0 times an infinite logit is NaN.
 */
final class LossOps {
    private static final List<Integer> CLASSES = List.of(1);

    private LossOps() {}

    private interface SoftmaxLoss extends Op {
        /** The weight of each class, of the logits' shape. */
        Tensor weights(Tensor y);

        @Override
        default Tensor jvp(Tensor y, int i, Tensor tangent) {
            return slope(y, i).mul(tangent).sum(1).neg();
        }

        @Override
        default Tensor vjp(Tensor y, int i, Tensor cotangent) {
            Tensor ofRow = cotangent.broadcastTo(y.shape()).reshape(y.shape().count(), 1);
            return slope(y, i).mul(ofRow.neg());
        }

        /** Minus the derivative: w - p sum(w) for the logits, the logarithm of the softmax for the weights. */
        private Tensor slope(Tensor y, int i) {
            Tensor z = y.operand(0);
            return i == 0 ? SoftmaxOps.deflated(CLASSES, z.softmax(1), weights(y)) : z.logSoftmax(1);
        }

        @Override
        default long cost(Tensor y) {
            return 4 * y.operand(0).shape().count();
        }
    }

    /** -ln softmax(z)[label] of each row of logits z [n, classes], for INT64 labels [n]. */
    record SoftmaxCrossEntropyOfLabels() implements SoftmaxLoss {
        @Override
        public Shape infer(Tensor... in) {
            if (in[0].shape().rank() != 2
                    || !in[1].shape().equals(Shape.of(in[0].shape().size(0)))) {
                throw new ShapeException(
                        "softmaxCrossEntropy: needs logits [examples, classes] and labels [examples], found "
                                + in[0].shape() + " and " + in[1].shape());
            }
            return in[1].shape();
        }

        @Override
        public DType dtype(Tensor... in) {
            if (!in[0].dtype().isFloating()) {
                throw new ShapeException(
                        "softmaxCrossEntropy: logits must be floating-point, found INT64 " + in[0].shape());
            }
            return in[0].dtype();
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return SoftmaxKernels.crossEntropyOfLabels(in[0], in[1], out);
        }

        @Override
        public Tensor weights(Tensor y) {
            Tensor logits = y.operand(0);
            return y.operand(1).oneHot((int) logits.shape().size(1), logits.dtype());
        }
    }

    /** The sum over classes of -w ln softmax(z), for weights w of the logits' shape [n, classes]. */
    record SoftmaxCrossEntropy() implements SoftmaxLoss {
        @Override
        public Shape infer(Tensor... in) {
            if (in[0].shape().rank() != 2 || !in[0].shape().equals(in[1].shape())) {
                throw new ShapeException(
                        "softmaxCrossEntropy: needs logits and probabilities of one shape [examples, classes], found "
                                + in[0].shape() + " and " + in[1].shape());
            }
            return Shape.of(in[0].shape().size(0));
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return SoftmaxKernels.crossEntropy(in[0], in[1], out);
        }

        @Override
        public Tensor weights(Tensor y) {
            return y.operand(1);
        }
    }

    /** (1 - t) ln(1 + e^z) + t ln(1 + e^-z) of each element. */
    record LogisticCrossEntropy() implements SameShape, SymmetricDerivative {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.logisticCrossEntropy(in[0], in[1], out);
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            Tensor z = y.operand(0);
            return i == 0 ? t.mul(Tensor.of(new LogisticError(), z, y.operand(1))) : t.mul(z.neg());
        }
    }

    /** s(z) - t of each element, with the logistic function s. */
    record LogisticError() implements SameShape, SymmetricDerivative {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.logisticError(in[0], in[1], out);
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            return i == 0 ? t.mul(Tensor.of(Activations.LOGISTIC_SLOPE, y.operand(0))) : t.neg();
        }
    }

    /** x^2 / 2 for |x| up to delta, else delta (|x| - delta / 2); the derivative is x, clipped. */
    record Huber(double delta) implements Elementwise {
        Huber {
            if (!(delta > 0)) {
                throw new IllegalArgumentException("huber: delta must be positive, found " + delta);
            }
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.huber(x, delta, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.clip(-delta, delta);
        }
    }
}
