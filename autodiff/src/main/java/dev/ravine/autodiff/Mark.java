package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.LayoutKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** y = x: a view that marks a place in the graph. Its tangents and cotangents are not marked. */
interface Mark extends Linear {
    @Override
    default Shape infer(Tensor... in) {
        return in[0].shape();
    }

    @Override
    default Examples examples(Tensor y, int i, Examples in) {
        return in;
    }

    @Override
    default Kernel kernel(INDArray x, INDArray y) {
        return LayoutKernels.copy(x, y);
    }

    /** A tangent is not marked. */
    @Override
    default Tensor jvp(Tensor y, int i, Tensor tangent) {
        return tangent;
    }

    @Override
    default Tensor transpose(Tensor cotangent, Tensor x) {
        return cotangent;
    }

    @Override
    default boolean isView() {
        return true;
    }

    @Override
    default long cost(Tensor y) {
        return 0;
    }
}
