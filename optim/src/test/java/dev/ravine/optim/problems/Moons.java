package dev.ravine.optim.problems;

import dev.ravine.core.DType;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.optim.objective.SupervisedObjective;

/** 200 noisy points of two moons. */
public final class Moons {
    private Moons() {}

    /** The loss of an initialized net that tells the moons apart, with L2. */
    public static SupervisedObjective classifiedBy(Module net, DType dtype, double l2) {
        return SupervisedObjective.builder(
                        net,
                        Loss.softmaxCrossEntropy(),
                        Generators.twoMoons(200, 0.1, 1).as(dtype))
                .l2(l2)
                .build();
    }
}
