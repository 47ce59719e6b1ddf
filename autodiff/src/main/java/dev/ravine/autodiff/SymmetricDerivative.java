package dev.ravine.autodiff;

/** An op whose derivative is a symmetric matrix, such as a diagonal one, so one rule serves both directions. */
interface SymmetricDerivative extends Op {
    /** The derivative of y with respect to operand i, times a tangent or cotangent t; null if it is zero. */
    Tensor derivativeTimes(Tensor y, int i, Tensor t);

    @Override
    default Tensor jvp(Tensor y, int i, Tensor tangent) {
        return derivativeTimes(y, i, tangent);
    }

    @Override
    default Tensor vjp(Tensor y, int i, Tensor cotangent) {
        return derivativeTimes(y, i, cotangent);
    }
}
