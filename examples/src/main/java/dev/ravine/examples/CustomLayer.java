package dev.ravine.examples;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Generators;
import dev.ravine.examples.CustomOp.Arsinh;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;

/** A layer of your own, proven right and trained. */
public final class CustomLayer {
    private CustomLayer() {}

    /** y = height arsinh(x), with a trained height for each column. */
    static final class ScaledArsinh extends Module {
        private final Parameter height;

        ScaledArsinh(long width) {
            height = parameter("height", Initializer.ones(), width);
        }

        @Override
        public Tensor forward(Tensor x) {
            return Tensor.of(new Arsinh(), x).mul(height.tensor());
        }
    }

    /**
     * Proves the layer right and trains a net with it.
     *
     * @param args not used
     */
    public static void main(String[] args) {
        ModuleContract.of(() -> new ScaledArsinh(4), Shape.of(3, 4)).check();
        var net = new Sequential(new Linear(2, 16), new ScaledArsinh(16), new Linear(16, 2));
        net.initialize(DType.FLOAT64, 1);
        System.out.println("contract holds; parameters " + net.namedParameters().keySet());
        try (var objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), Generators.twoMoons(400, 0.1, 1));
                var optimizer = HessianFree.builder().build()) {
            for (int i = 0; i < 10; i++) {
                System.out.println(optimizer.step(objective, objective.theta()));
            }
        }
    }
}
