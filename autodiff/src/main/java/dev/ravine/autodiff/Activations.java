package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.UnaryKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The nonlinearities of neural nets. An activation that is built from other operations needs no rules. */
final class Activations {
    /** y = tanh x. */
    static final Op TANH = new UnaryOps.Function(
            "tanh", UnaryKernels::tanh, (x, y) -> y.square().neg().add(1));

    /** y = 1 / (1 + e^-x). */
    static final Op SIGMOID = new UnaryOps.Function(
            "sigmoid", UnaryKernels::sigmoid, (x, y) -> y.mul(y.neg().add(1)));

    /** y = s(x) s(-x) with the logistic function s: its derivative, accurate in both tails. */
    static final Op LOGISTIC_SLOPE = new UnaryOps.Function(
            "logisticSlope",
            UnaryKernels::logisticSlope,
            (x, y) -> y.mul(x.mul(0.5).tanh().neg()));

    /** y = s(x), for second derivatives in losses: y (1 - y) loses all digits where s(x) is near 1, this does not. */
    static final Op SOFTPLUS_SLOPE =
            new UnaryOps.Function("sigmoid", UnaryKernels::sigmoid, (x, y) -> Tensor.of(LOGISTIC_SLOPE, x));

    /** y = e^x where x is at most 0, else 0; the derivative at 0 is 1. */
    static final Op NEGATIVE_EXP = new UnaryOps.Function("negativeExp", UnaryKernels::negativeExp, (x, y) -> y);

    /** y = max(x, 0); the derivative at 0 is 0. */
    static final Op RELU = new UnaryOps.Function("relu", UnaryKernels::relu, (x, y) -> y.step());

    private Activations() {}

    /** y = ln(1 + e^x). */
    record Softplus() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.softplus(x, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return Tensor.of(SOFTPLUS_SLOPE, x);
        }

        @Override
        public boolean inPlace(int i) {
            return false;
        }
    }

    /** x where x > 0, slope x elsewhere. */
    static Tensor leakyRelu(Tensor x, double slope) {
        return Tensor.where(x.step(), x, x.mul(slope));
    }

    /** x where x > 0, alpha (e^x - 1) elsewhere; the derivative at 0 is alpha. */
    record Elu(double alpha) implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.elu(x, alpha, y);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.step().add(Tensor.of(NEGATIVE_EXP, x).mul(alpha));
        }
    }

    /** x times the normal distribution function. */
    static Tensor gelu(Tensor x) {
        return x.mul(x.normalDistribution());
    }

    /** x times the logistic function of x; also called swish. */
    static Tensor silu(Tensor x) {
        return x.mul(x.sigmoid());
    }
}
