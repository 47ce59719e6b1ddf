package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.UnaryKernels;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Functions of one number, each with its value and its derivative. */
final class UnaryOps {
    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

    /** y = e^x. */
    static final Op EXP = new Function("exp", UnaryKernels::exp, (x, y) -> y);

    /** y = e^x - 1. */
    static final Op EXPM1 = new Function("expm1", UnaryKernels::expm1, (x, y) -> x.exp());

    /** y = ln x. */
    static final Op LOG = new Function("log", UnaryKernels::log, (x, y) -> x.reciprocal());

    /** y = ln(1 + x). */
    static final Op LOG1P =
            new Function("log1p", UnaryKernels::log1p, (x, y) -> x.add(1).reciprocal());

    /** y = x^(1/2). */
    static final Op SQRT =
            new Function("sqrt", UnaryKernels::sqrt, (x, y) -> y.reciprocal().mul(0.5));

    /** y = x^2. */
    static final Op SQUARE = new Function("square", UnaryKernels::square, (x, y) -> x.mul(2));

    /** y = 1 / x. */
    static final Op RECIPROCAL = new Function(
            "reciprocal", UnaryKernels::reciprocal, (x, y) -> y.square().neg());

    /** y = |x|; the derivative at 0 is 0. */
    static final Op ABS = new Function("abs", UnaryKernels::abs, (x, y) -> x.sign());

    /** y = sin x. */
    static final Op SIN = new Function("sin", UnaryKernels::sin, (x, y) -> x.cos());

    /** y = cos x. */
    static final Op COS =
            new Function("cos", UnaryKernels::cos, (x, y) -> x.sin().neg());

    /** y = atan x. */
    static final Op ATAN =
            new Function("atan", UnaryKernels::atan, (x, y) -> x.square().add(1).reciprocal());

    /** The distribution function of the standard normal distribution; its derivative is the density. */
    static final Op NORMAL_DISTRIBUTION = new Function(
            "normalDistribution",
            UnaryKernels::normalDistribution,
            (x, y) -> x.square().mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI)));

    /** y = erf x, which is 2/sqrt(pi) times the integral of e^-t^2 from 0 to x. */
    static final Op ERF = new Function(
            "erf", UnaryKernels::erf, (x, y) -> x.square().neg().exp().mul(TWO_OVER_ROOT_PI));

    private UnaryOps() {}

    /**
     * A function without settings. There is one constant of it for each, since its parts are equal only to themselves.
     */
    record Function(String name, BiFunction<INDArray, INDArray, Kernel> kernels, BinaryOperator<Tensor> derivatives)
            implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return kernels.apply(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return derivatives.apply(x, y);
        }
    }

    /** y = -x. */
    record Neg() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.neg(x, y);
        }

        @Override
        public OptionalDouble productFactor() {
            return OptionalDouble.of(-1);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.filled(-1);
        }
    }

    /** y = x + a. */
    record AddScalar(double a) implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.addScalar(x, a, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.filled(1);
        }
    }

    /** y = a x. */
    record Scale(double a) implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.scale(x, a, y);
        }

        @Override
        public OptionalDouble productFactor() {
            return OptionalDouble.of(a);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.filled(a);
        }
    }

    /** y = x / a. */
    record DivScalar(double a) implements SameShape, SymmetricDerivative {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return UnaryKernels.divideBy(in[0], a, out);
        }

        @Override
        public Tensor derivativeTimes(Tensor y, int i, Tensor t) {
            return t.div(a);
        }
    }

    /** y = x^p for a fixed exponent. */
    record PowScalar(double p) implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.pow(x, p, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.pow(p - 1).mul(p);
        }
    }

    /** y = x clipped to [low, high]; the derivative is 1 inside and at the limits, 0 outside. */
    record Clip(double low, double high) implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.clip(x, low, high, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.equalTo(y);
        }
    }
}
