package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.UnaryKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The same numbers in another dtype, rounded or cut to whole numbers. From and to integers the derivative is zero. */
record Cast(DType type) implements Op {
    @Override
    public Shape infer(Tensor... in) {
        return in[0].shape();
    }

    @Override
    public DType dtype(Tensor... in) {
        return type;
    }

    @Override
    public Kernel bind(INDArray[] in, INDArray out) {
        return UnaryKernels.cast(in[0], out);
    }

    @Override
    public Tensor jvp(Tensor y, int i, Tensor tangent) {
        return type.isFloating() ? tangent.cast(type) : null;
    }

    @Override
    public Tensor vjp(Tensor y, int i, Tensor cotangent) {
        DType from = y.operand(0).dtype();
        return type.isFloating() && from.isFloating() ? cotangent.cast(from) : null;
    }
}
