package dev.ravine.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.SupervisedObjective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A first-order optimizer from outside the package: {@link Lion} has all that the others have. */
class LionTest {
    @Test
    void followsItsFormula() {
        double[] x = {3, -2, 0.5};
        double[] m = new double[3];
        INDArray theta = Arena.of(DType.FLOAT64, Shape.of(3), x);
        try (var objective =
                        new FunctionObjective(DType.FLOAT64, 3, t -> t.square().sum());
                Lion lion = new Lion.Builder()
                        .learningRate(0.1)
                        .weightDecay(0.5)
                        .decoupledWeightDecay(true)
                        .build()) {
            for (int step = 0; step < 40; step++) {
                lion.step(objective, theta);
                for (int i = 0; i < 3; i++) {
                    double g = 2 * x[i];
                    x[i] = x[i] * (1 - 0.1 * 0.5) - 0.1 * Math.signum(0.9 * m[i] + (1 - 0.9) * g);
                    m[i] = 0.99 * m[i] + (1 - 0.99) * g;
                }
                assertThat(Arena.toDoubles(theta)).containsExactly(x, within(1e-12));
            }
            assertThat(lion.name()).isEqualTo("lion(lr=0.1, decoupled wd=0.5)");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void trainsAndResumes(DType dtype) {
        var net = new Sequential(new Linear(2, 8), Activation.tanh(), new Linear(8, 2));
        net.initialize(dtype, 1);
        INDArray start = Arena.copyOf(net.parameterVector().array());
        Lion.Builder settings = new Lion.Builder()
                .learningRate(Schedule.cosine(0.01, 0, 200))
                .batchSize(30)
                .clipNorm(1);
        try (SupervisedObjective objective = SupervisedObjective.of(
                net,
                Loss.softmaxCrossEntropy(),
                Generators.twoMoons(200, 0.1, 1).as(dtype))) {
            double[] whole;
            try (Lion lion = settings.build()) {
                StepReport first = lion.step(objective, objective.theta());
                StepReport last = run(lion, objective, 199);
                assertThat(last.loss()).isLessThan(first.loss() / 2);
                whole = Arena.toDoubles(objective.theta());
            }
            net.parameterVector().set(start);
            OptimizerState state;
            try (Lion lion = settings.build()) {
                run(lion, objective, 77);
                state = lion.state();
            }
            try (Lion lion = settings.build()) {
                lion.restore(state);
                run(lion, objective, 123);
            }
            assertThat(Arena.toDoubles(objective.theta())).isEqualTo(whole);
        }
    }

    private static StepReport run(Lion lion, SupervisedObjective objective, int steps) {
        StepReport report = null;
        for (int i = 0; i < steps; i++) {
            report = lion.step(objective, objective.theta());
        }
        return report;
    }
}
