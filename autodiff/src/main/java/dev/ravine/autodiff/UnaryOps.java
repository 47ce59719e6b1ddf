package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.UnaryKernels;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Functions of one number, each with its value and its derivative. */
final class UnaryOps {
    private UnaryOps() {}

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

    /** y = e^x. */
    record Exp() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.exp(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return y;
        }
    }

    /** y = e^x - 1. */
    record Expm1() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.expm1(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.exp();
        }
    }

    /** y = ln x. */
    record Log() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.log(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.reciprocal();
        }
    }

    /** y = x^(1/2). */
    record Sqrt() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.sqrt(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return y.reciprocal().mul(0.5);
        }
    }

    /** y = x^2. */
    record Square() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.square(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.mul(2);
        }
    }

    /** y = 1 / x. */
    record Reciprocal() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.reciprocal(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return y.square().neg();
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

    /** y = |x|; the derivative at 0 is 0. */
    record Abs() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.abs(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.sign();
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

    /** y = sin x. */
    record Sin() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.sin(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.cos();
        }
    }

    /** y = cos x. */
    record Cos() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.cos(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.sin().neg();
        }
    }

    /** y = atan x. */
    record Atan() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.atan(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.square().add(1).reciprocal();
        }
    }

    /** y = erf x, which is 2/sqrt(pi) times the integral of e^-t^2 from 0 to x. */
    record Erf() implements Elementwise {
        private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.erf(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.square().neg().exp().mul(TWO_OVER_ROOT_PI);
        }
    }
}
