package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A function y = B(a, b) that is linear in each of two tensors, defined by its kernel and two transposes. */
public interface Bilinear extends Op {
    /**
     * {@return the kernel that computes y = B(a, b)}
     *
     * @param a the first operand
     * @param b the second operand
     * @param y the result
     */
    Kernel kernel(INDArray a, INDArray b, INDArray y);

    /**
     * {@return the transpose of B with respect to a, applied to a cotangent; of a's shape, or of one that a broadcasts
     * to}
     *
     * @param cotangent of the result's shape
     * @param a the first operand; use its shape only
     * @param b the second operand
     */
    Tensor transposeFirst(Tensor cotangent, Tensor a, Tensor b);

    /**
     * {@return the transpose of B with respect to b, applied to a cotangent; of b's shape, or of one that b broadcasts
     * to}
     *
     * @param cotangent of the result's shape
     * @param a the first operand
     * @param b the second operand; use its shape only
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
