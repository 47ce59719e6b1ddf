package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.firstorder.Adagrad;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Plateau;
import dev.ravine.optim.firstorder.RmsProp;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.HessianFree;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training creates no arrays once it has run for a while: ND4J numbers each array it makes, and the numbers stand still. */
class SteadyStateTest {
    static Stream<Supplier<Optimizer>> optimizers() {
        return Stream.of(
                () -> Sgd.builder().momentum(0.9).batchSize(50).build(),
                () -> Sgd.builder().batchSize(50).build(),
                () -> Sgd.builder()
                        .nesterov(Schedule.nesterovMomentum(0.9))
                        .plateau(Plateau.of(0.1, 1))
                        .clipNorm(1)
                        .clipValue(1)
                        .weightDecay(0.1)
                        .measureLossAfter(true)
                        .batchSize(50)
                        .build(),
                () -> Adam.builder().batchSize(50).build(),
                () -> Adagrad.builder().batchSize(50).build(),
                () -> RmsProp.builder()
                        .centered(true)
                        .momentum(0.9)
                        .batchSize(50)
                        .build(),
                () -> HessianFree.builder()
                        .curvatureExamples(100)
                        .maxIterations(5)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aStepCreatesNoArray(Supplier<Optimizer> supplier) {
        DataSet moons = Generators.twoMoons(200, 0.1, 1).as(DType.FLOAT32);
        var net = new Sequential(new Linear(2, 8), Activation.tanh(), new Dropout(0.1), new Linear(8, 2));
        net.initialize(1);
        try (Optimizer optimizer = supplier.get();
                SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), moons)
                        .l2(1e-4)
                        .build()) {
            for (int i = 0; i < 10; i++) {
                optimizer.step(objective, objective.theta());
            }
            long before = Arena.create(DType.FLOAT32, Shape.of(1)).getId();
            for (int i = 0; i < 20; i++) {
                optimizer.step(objective, objective.theta());
            }
            assertThat(Arena.create(DType.FLOAT32, Shape.of(1)).getId() - before)
                    .isEqualTo(1);
        }
    }
}
