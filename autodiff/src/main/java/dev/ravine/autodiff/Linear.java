package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A linear function of one tensor: y = A x. Its application and its transpose are all there is to it. */
public interface Linear extends Op {
    /**
     * The numbers.
     *
     * @param x input
     * @param y result
     * @return the kernel that computes y from x
     */
    Kernel kernel(INDArray x, INDArray y);

    /**
     * A' c.
     *
     * @param cotangent c, of the result's shape
     * @param x the input, for its shape only
     * @return a tensor of the input's shape
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
