package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.LayoutKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y = x, which matrices J' M J take as a constant: Gauss-Newton, both Fisher matrices and that of structural damping. Loss,
 * gradient and Hessian see x itself. So the statistics of a batch may be frozen for a step, whose curvature then does not
 * mix examples.
 */
record HeldInCurvature() implements Linear {
    @Override
    public Shape infer(Tensor... in) {
        return in[0].shape();
    }

    @Override
    public Examples examples(Tensor y, int i, Examples in) {
        return in;
    }

    @Override
    public Kernel kernel(INDArray x, INDArray y) {
        return LayoutKernels.copy(x, y);
    }

    /** A tangent is not held. */
    @Override
    public Tensor jvp(Tensor y, int i, Tensor tangent) {
        return tangent;
    }

    @Override
    public Tensor transpose(Tensor cotangent, Tensor x) {
        return cotangent;
    }

    @Override
    public boolean isView() {
        return true;
    }

    @Override
    public long cost(Tensor y) {
        return 0;
    }

    @Override
    public String toString() {
        return "HeldInCurvature";
    }
}
