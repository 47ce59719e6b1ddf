package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.kernels.BinaryKernels;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.LayoutKernels;
import dev.ravine.core.kernels.UnaryKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Piecewise constant functions, whose derivative is zero, and the choice between two tensors by a mask. */
final class MaskOps {
    private MaskOps() {}

    private interface PiecewiseConstant extends SameShape, ZeroDerivative {}

    /** 1 where x > 0, 0 elsewhere. */
    record Step() implements PiecewiseConstant {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return UnaryKernels.step(in[0], out);
        }
    }

    /** -1, 0 or 1. */
    record Sign() implements PiecewiseConstant {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return UnaryKernels.sign(in[0], out);
        }
    }

    /** 1 where a > b, 0 elsewhere. */
    record Greater() implements PiecewiseConstant {
        @Override
        public DType dtype(Tensor... in) {
            return LayoutOps.common(name(), in);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.greater(in[0], in[1], out);
        }
    }

    /** 1 where a = b, 0 elsewhere. */
    record Equal() implements PiecewiseConstant {
        @Override
        public DType dtype(Tensor... in) {
            return LayoutOps.common(name(), in);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.equal(in[0], in[1], out);
        }
    }

    /** y = x, treated as a constant: the derivative is defined as zero. */
    record Detach() implements PiecewiseConstant {
        @Override
        public DType dtype(Tensor... in) {
            return in[0].dtype();
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return LayoutKernels.copy(in[0], out);
        }
    }

    /** y = a where the mask is not 0, b elsewhere; linear in a and b, constant in the mask. */
    record Where() implements SameShape, SymmetricDerivative {
        @Override
        public DType dtype(Tensor... in) {
            return LayoutOps.common(name(), in[1], in[2]);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return BinaryKernels.where(in[0], in[1], in[2], out);
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            Tensor mask = y.operand(0);
            return switch (i) {
                case 1 -> Tensor.where(mask, t, t.filled(0));
                case 2 -> Tensor.where(mask, t.filled(0), t);
                default -> null;
            };
        }
    }
}
