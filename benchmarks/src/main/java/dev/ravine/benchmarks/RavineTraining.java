package dev.ravine.benchmarks;

import dev.ravine.core.Arena;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Ravine's training steps, each optimizer on a model of its own. */
final class RavineTraining implements Subject {
    /** Small, so that thousands of steps stay finite. */
    static final double LEARNING_RATE = 1e-3;

    private final Arena arena = new Arena();
    private final Map<Quantity, SupervisedObjective> objectives = new EnumMap<>(Quantity.class);
    private final Map<Quantity, Optimizer> optimizers = new EnumMap<>(Quantity.class);

    RavineTraining(Net net) {
        optimizers.put(
                Quantity.SGD_STEP,
                Sgd.builder().learningRate(LEARNING_RATE).batchSize(net.batch()).build());
        optimizers.put(
                Quantity.ADAM_STEP,
                Adam.builder()
                        .learningRate(LEARNING_RATE)
                        .batchSize(net.batch())
                        .build());
        for (Quantity quantity : optimizers.keySet()) {
            SupervisedObjective objective = SupervisedObjective.of(
                    RavineSubject.module(net), RavineSubject.loss(net), RavineSubject.data(net, arena));
            RavineSubject.write(net.parameters(), objective.theta());
            objective.thetaChanged(objective.theta());
            objectives.put(quantity, objective);
        }
    }

    @Override
    public Set<Quantity> quantities() {
        return optimizers.keySet();
    }

    @Override
    public void run(Quantity quantity) {
        SupervisedObjective objective = objectives.get(quantity);
        optimizers.get(quantity).step(objective, objective.theta());
    }

    @Override
    public float[] result(Quantity quantity) {
        return RavineSubject.read(objectives.get(quantity).theta());
    }

    @Override
    public void close() {
        optimizers.values().forEach(Optimizer::close);
        objectives.values().forEach(SupervisedObjective::close);
        arena.close();
    }
}
