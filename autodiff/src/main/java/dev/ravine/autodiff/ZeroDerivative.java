package dev.ravine.autodiff;

/** An op whose derivative is zero with respect to every operand, such as one that makes or checks indices. */
public interface ZeroDerivative extends Op {
    @Override
    default Tensor jvp(Tensor y, int i, Tensor tangent) {
        return null;
    }

    @Override
    default Tensor vjp(Tensor y, int i, Tensor cotangent) {
        return null;
    }
}
