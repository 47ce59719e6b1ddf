package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A linear function of one tensor, y = A x, defined by its kernel and its transpose. */
public interface Linear extends Op {
    /**
     * {@return the kernel that computes y = A x}
     *
     * @param x the operand
     * @param y the result
     */
    Kernel kernel(INDArray x, INDArray y);

    /**
     * {@return A' c, of the operand's shape}
     *
     * @param cotangent c, of the result's shape
     * @param x the operand; use its shape only
     */
    Tensor transpose(Tensor cotangent, Tensor x);

    @Override
    default Kernel bind(INDArray[] in, INDArray out) {
        return kernel(in[0], out);
    }

    @Override
    default Tensor jvp(Tensor y, int i, Tensor tangent) {
        return Tensor.of(this, tangent);
    }

    @Override
    default Tensor vjp(Tensor y, int i, Tensor cotangent) {
        return transpose(cotangent, y.operand(0));
    }
}
