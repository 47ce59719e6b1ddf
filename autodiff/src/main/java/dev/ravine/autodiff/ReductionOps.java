package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.ReductionKernels;
import dev.ravine.core.kernels.ScanKernels;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reductions. Each keeps the reduced axes with size 1; {@link Tensor} removes them by a reshape, which costs nothing.
 */
final class ReductionOps {
    private ReductionOps() {}

    static int[] ints(List<Integer> axes) {
        return axes.stream().mapToInt(Integer::intValue).toArray();
    }

    /** An op that keeps its reduced axes with size 1. */
    interface Reduction extends Op {
        List<Integer> axes();

        @Override
        default Shape infer(Tensor... in) {
            return in[0].shape().keeping(ints(axes()));
        }

        @Override
        default Examples examples(Tensor y, int i, Examples in) {
            return in.reduced(y.operand(0).shape(), ints(axes()));
        }

        @Override
        default long cost(Tensor y) {
            return y.operand(0).shape().count();
        }
    }

    /**
     * The sum over some axes, divided by a number, such as the count of a mean. It is divided before it is rounded, so
     * a mean is rounded once, and does not overflow before it must.
     */
    record Sum(List<Integer> axes, double divisor) implements Linear, Reduction {
        Sum(List<Integer> axes) {
            this(axes, 1);
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return ReductionKernels.sum(x, ints(axes), divisor, y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return cotangent.div(divisor).broadcastTo(x.shape());
        }
    }

    /** The sums of the first 1, 2, 3, ... numbers along an axis, or of the last ones. */
    record CumulativeSum(int axis, boolean isReverse) implements Linear {
        @Override
        public Shape infer(Tensor... in) {
            return in[0].shape();
        }

        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            return in.resized(y.operand(0).shape(), axis, y.shape());
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return ScanKernels.cumulativeSum(x, axis, isReverse, y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return Tensor.of(new CumulativeSum(axis, !isReverse), cotangent);
        }
    }

    /** The maximum over some axes; all elements that attain it share the derivative equally. */
    record Max(List<Integer> axes) implements Reduction {
        @Override
        public Shape infer(Tensor... in) {
            for (int axis : axes) {
                if (in[0].shape().size(axis) == 0) {
                    throw new ShapeException(
                            "max: there is no maximum over the empty axis " + axis + " of shape " + in[0].shape());
                }
            }
            return Reduction.super.infer(in);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return ReductionKernels.max(in[0], ints(axes), out);
        }

        @Override
        public Tensor jvp(Tensor y, int i, Tensor tangent) {
            return Tensor.of(new Sum(axes), tangent.mul(weights(y)));
        }

        @Override
        public Tensor vjp(Tensor y, int i, Tensor cotangent) {
            return cotangent.mul(weights(y));
        }

        private Tensor weights(Tensor y) {
            Tensor attained = y.operand(0).equalTo(y);
            return attained.div(Tensor.of(new Sum(axes), attained));
        }
    }
}
