package dev.ravine.examples;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.DerivativeContract;
import dev.ravine.autodiff.Elementwise;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.UnaryKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An operation of your own, and the proof that all its derivatives are right. */
public final class CustomOp {
    private CustomOp() {}

    /** y = arsinh x: its numbers and its derivative. Derivatives of any order follow. */
    public record Arsinh() implements Elementwise {
        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return UnaryKernels.map(x, y, v -> Math.copySign(Math.log(Math.abs(v) + Math.hypot(v, 1)), v));
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.square().add(1).sqrt().reciprocal();
        }
    }

    /**
     * Proves it right and differentiates it twice.
     *
     * @param args not used
     */
    public static void main(String[] args) {
        DerivativeContract.of("arsinh", in -> Tensor.of(new Arsinh(), in.get(0)))
                .input(Shape.of(3, 4))
                .check();
        Tensor x = Tensor.variable("x", Arena.of(DType.FLOAT64, Shape.of(3), 0, 0.5, 2));
        Tensor slope = Autodiff.gradient(Tensor.of(new Arsinh(), x).sum(), x);
        System.out.println("contract holds");
        System.out.println("slope " + slope.value() + ", curvature "
                + Autodiff.gradient(slope.sum(), x).value());
    }
}
