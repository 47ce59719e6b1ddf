package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A function of one number, applied to each element: y = f(x). Its value and its derivative are all there is to it. */
public interface Elementwise extends Op {
    /**
     * The numbers.
     *
     * @param x input
     * @param y result, of the same shape; may be the same array
     * @return the kernel that computes y from x
     */
    Kernel kernel(INDArray x, INDArray y);

    /**
     * f'(x), in terms of the input or the result, whichever is cheaper.
     *
     * @param x input
     * @param y result
     * @return the derivative at each element
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
