package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A function linear in each of two tensors: y = B(a, b). Its application and two transposes are all there is to it. */
public interface Bilinear extends Op {
    /**
     * The numbers.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel that computes y from a and b
     */
    Kernel kernel(INDArray a, INDArray b, INDArray y);

    /**
     * The transpose with respect to the first input.
     *
     * @param cotangent of the result's shape
     * @param a first input, for its shape only
     * @param b second input
     * @return a tensor of a's shape, or of one that a broadcasts to
     */
    Tensor transposeFirst(Tensor cotangent, Tensor a, Tensor b);

    /**
     * The transpose with respect to the second input.
     *
     * @param cotangent of the result's shape
     * @param a first input
     * @param b second input, for its shape only
     * @return a tensor of b's shape, or of one that b broadcasts to
     */
    Tensor transposeSecond(Tensor cotangent, Tensor a, Tensor b);

    @Override
    default Kernel bind(INDArray[] in, INDArray out) {
        return kernel(in[0], in[1], out);
    }

    @Override
    default Tensor jvp(Tensor y, int i, Tensor tangent) {
        return i == 0 ? Tensor.of(this, tangent, y.operand(1)) : Tensor.of(this, y.operand(0), tangent);
    }

    @Override
    default Tensor vjp(Tensor y, int i, Tensor cotangent) {
        return i == 0
                ? transposeFirst(cotangent, y.operand(0), y.operand(1))
                : transposeSecond(cotangent, y.operand(0), y.operand(1));
    }
}
