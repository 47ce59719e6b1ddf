package dev.ravine.examples;

import dev.ravine.autodiff.DerivativeContract;
import dev.ravine.autodiff.Elementwise;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Kernel;
import dev.ravine.core.Kernels;
import dev.ravine.core.Shape;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Linear;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.Sequential;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An operation and a layer of your own, and the proof that all their derivatives are right. */
public final class CustomLayer {
    private CustomLayer() {}

    /** y = arctan x: its numbers and its derivative. Derivatives of any order follow. */
    record Arctan() implements Elementwise {
        @Override
        public Kernel run(INDArray x, INDArray y) {
            return Kernels.map(x, y, Math::atan);
        }

        @Override
        public Tensor derivative(Tensor x, Tensor y) {
            return x.square().add(1).reciprocal();
        }
    }

    /** y = height arctan(x), with a height to be learned for each column. */
    static final class ScaledArctan extends Module {
        private final Parameter height;

        ScaledArctan(long width) {
            height = parameter("height", Initializer.ones(), width);
        }

        @Override
        public Tensor forward(Tensor x) {
            return Tensor.of(new Arctan(), x).mul(height.tensor());
        }
    }

    /**
     * Proves both right and uses them in a net.
     *
     * @param args not used
     */
    public static void main(String[] args) {
        DerivativeContract.of("arctan", in -> Tensor.of(new Arctan(), in.get(0)))
                .input(Shape.of(3, 4))
                .check();
        DerivativeContract.of(
                        "scaledArctan", in -> Tensor.of(new Arctan(), in.get(0)).mul(in.get(1)))
                .input(Shape.of(3, 4))
                .input(Shape.of(4))
                .check();
        var net = new Sequential(new Linear(4, 8), new ScaledArctan(8), new Linear(8, 2));
        net.initialize(1);
        System.out.println("contract holds; parameters " + net.namedParameters().keySet());
    }
}
