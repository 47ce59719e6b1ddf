package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A function y = f(x) of one number, applied to each element, defined by its kernel and its derivative. */
public interface Elementwise extends Op {
    /**
     * {@return the kernel that computes y = f(x)}
     *
     * @param x the operand
     * @param y the result, of the same shape; may be the same array
     */
    Kernel kernel(INDArray x, INDArray y);

    /**
     * {@return f'(x) at each element, in terms of the operand or the result, whichever is cheaper}
     *
     * @param x the operand
     * @param y the result
     */
    Tensor derivative(Tensor x, Tensor y);

    @Override
    default Shape infer(Tensor... in) {
        return in[0].shape();
    }

    @Override
    default Kernel bind(INDArray[] in, INDArray out) {
        return kernel(in[0], out);
    }

    @Override
    default Tensor jvp(Tensor y, int i, Tensor tangent) {
        return tangent.mul(derivative(y.operand(0), y));
    }

    @Override
    default Tensor vjp(Tensor y, int i, Tensor cotangent) {
        return cotangent.mul(derivative(y.operand(0), y));
    }

    @Override
    default boolean inPlace(int i) {
        return true;
    }
}
