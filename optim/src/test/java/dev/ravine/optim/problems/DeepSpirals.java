package dev.ravine.optim.problems;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;

/** Three spirals, and a net with two hidden layers of 20 units for them. */
public final class DeepSpirals {
    public static final int EXAMPLES = 300;

    private DeepSpirals() {}

    public static Module net() {
        return new Sequential(
                new Linear(2, 20), Activation.tanh(), new Linear(20, 20), Activation.tanh(), new Linear(20, 3));
    }

    public static DataSet data() {
        return Generators.spirals(EXAMPLES, 3, 0.1, 1).as(DType.FLOAT64);
    }
}
