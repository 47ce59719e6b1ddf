package dev.ravine.benchmarks;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.kronecker.Kfac;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Ravine's training steps, each optimizer on a model of its own. */
final class RavineTraining implements Subject {
    /** Small, so that thousands of steps stay finite. */
    static final double LEARNING_RATE = 1e-3;

    static final double MOMENTUM = 0.9;

    private final Arena arena = new Arena();
    private final SupervisedObjective gradientObjective;
    private final INDArray gradient;
    private final Map<Quantity, SupervisedObjective> objectives = new EnumMap<>(Quantity.class);
    private final Map<Quantity, Optimizer> optimizers = new EnumMap<>(Quantity.class);

    RavineTraining(Net net) {
        int batch = net.batch();
        optimizers.put(
                Quantity.SGD_STEP,
                Sgd.builder().learningRate(LEARNING_RATE).batchSize(batch).build());
        optimizers.put(
                Quantity.MOMENTUM_STEP,
                Sgd.builder()
                        .learningRate(LEARNING_RATE)
                        .momentum(MOMENTUM)
                        .batchSize(batch)
                        .build());
        optimizers.put(
                Quantity.ADAM_STEP,
                Adam.builder().learningRate(LEARNING_RATE).batchSize(batch).build());
        if (net.name().equals("ae")) {
            optimizers.put(
                    Quantity.KFAC_FIXED_STEP,
                    kfac(batch).fixed(LEARNING_RATE, MOMENTUM).build());
            optimizers.put(
                    Quantity.KFAC_FIXED_STEP_UPDATE_10,
                    kfac(batch).fixed(LEARNING_RATE, MOMENTUM).updates(10).build());
            optimizers.put(Quantity.KFAC_STEP, kfac(batch).build());
        }
        gradientObjective = objective(net);
        gradient = arena.allocate(DType.FLOAT32, Shape.of(net.size()));
        optimizers.keySet().forEach(quantity -> objectives.put(quantity, objective(net)));
    }

    private static Kfac.Builder kfac(int batch) {
        return Kfac.builder().batch(batch, 1).overlap(0);
    }

    private SupervisedObjective objective(Net net) {
        SupervisedObjective objective = SupervisedObjective.of(
                RavineSubject.module(net), RavineSubject.loss(net), RavineSubject.data(net, arena));
        RavineSubject.write(net.parameters(), objective.theta());
        objective.thetaChanged(objective.theta());
        return objective;
    }

    @Override
    public Set<Quantity> quantities() {
        Set<Quantity> all = EnumSet.of(Quantity.GRADIENT);
        all.addAll(optimizers.keySet());
        return all;
    }

    @Override
    public void run(Quantity quantity) {
        if (quantity == Quantity.GRADIENT) {
            gradientObjective.gradient(gradientObjective.theta(), Scope.all(), gradient);
            return;
        }
        SupervisedObjective objective = objectives.get(quantity);
        optimizers.get(quantity).step(objective, objective.theta());
    }

    @Override
    public float[] result(Quantity quantity) {
        return RavineSubject.read(
                quantity == Quantity.GRADIENT
                        ? gradient
                        : objectives.get(quantity).theta());
    }

    @Override
    public void close() {
        optimizers.values().forEach(Optimizer::close);
        objectives.values().forEach(SupervisedObjective::close);
        gradientObjective.close();
        arena.close();
    }
}
