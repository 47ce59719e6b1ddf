package dev.ravine.examples;

import dev.ravine.core.DType;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.UpdateRule;
import dev.ravine.optim.objective.SupervisedObjective;

/** A first-order optimizer of your own: Lion (Chen et al., 2023) steps by the sign of a mean gradient, its state. */
public final class Lion extends FirstOrder {
    private Lion(Builder settings) {
        super(settings, "mean");
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return (count, theta, gradient, state) -> {
            for (int i = 0; i < count; i++) {
                double g = gradient[i];
                gradient[i] = rate * Math.signum(0.9 * state[0][i] + 0.1 * g);
                state[0][i] = 0.99 * state[0][i] + 0.01 * g;
            }
        };
    }

    @Override
    public String name() {
        return nameOf("lion");
    }

    static final class Builder extends FirstOrder.Builder<Builder> {
        Builder() {
            super(1e-4);
        }

        @Override
        public Lion build() {
            return new Lion(this);
        }
    }

    /**
     * Trains a layer with it.
     *
     * @param args none
     */
    public static void main(String[] args) {
        var net = new Linear(2, 2);
        net.initialize(DType.FLOAT64, 1);
        try (var optimizer = new Lion.Builder().learningRate(0.01).build();
                var task = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), Generators.twoMoons(400, 0.1, 1))) {
            for (int i = 0; i < 200; i++) {
                System.out.println(optimizer.step(task, task.theta()));
            }
        }
    }
}
