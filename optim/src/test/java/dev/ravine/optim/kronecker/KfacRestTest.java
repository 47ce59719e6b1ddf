package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Parameters without Kronecker factors follow a first-order rule beside K-FAC's steps. */
class KfacRestTest {
    /** A layer that squares its weight before it meets examples, so that these cannot be told apart. */
    private static final class Squared extends Module {
        private final Parameter weight = parameter("weight", Initializer.lecunNormal(), 2, 4);
        private final Parameter bias = parameter("bias", Initializer.constant(0.1), 4);

        @Override
        public Tensor forward(Tensor x) {
            return x.matmul(weight.tensor().square()).add(bias.tensor());
        }
    }

    private static Module net() {
        return new Sequential(new Squared(), Activation.tanh(), new Linear(4, 3));
    }

    private static SupervisedObjective objective(Module net) {
        DataSet data = Generators.spirals(60, 3, 0.1, 1).as(DType.FLOAT64);
        net.initialize(DType.FLOAT64, 3);
        return SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), data)
                .workers(new Workers(1))
                .build();
    }

    private static Kfac.Builder settings() {
        return Kfac.builder().batch(0, 1).damping(0.5);
    }

    @Test
    void withoutARuleTheyAreRefusedByName() {
        try (SupervisedObjective objective = objective(net());
                Kfac optimizer = settings().build()) {
            assertThatThrownBy(() -> optimizer.step(objective, objective.theta()))
                    .isInstanceOf(NoRowsException.class)
                    .hasMessageContaining("weight");
        }
    }

    @Test
    void theyFollowAdamAndTheReportSaysWhich() {
        try (SupervisedObjective objective = objective(net());
                Kfac optimizer = settings().rest(RestRule.adam(0.01)).build()) {
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            double[] mean = new double[8];
            double[] square = new double[8];
            double start = objective.value(objective.theta(), Scope.all());
            for (int k = 1; k <= 12; k++) {
                objective.gradient(objective.theta(), Scope.all(), g);
                double[] gradient = Arena.toDoubles(g);
                double[] expected = Arena.toDoubles(objective.theta());
                double[] before = expected.clone();
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.accepted()).isTrue();
                assertThat(report.reason().contains("adam(lr=0.01) trains 0.weight"))
                        .isEqualTo(k == 1);
                double[] after = Arena.toDoubles(objective.theta());
                for (int i = 0; i < 8; i++) {
                    mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
                    square[i] = 0.999 * square[i] + 0.001 * gradient[i] * gradient[i];
                    double root = Math.sqrt(square[i] / (1 - Math.pow(0.999, k)));
                    expected[i] -= 0.01 * mean[i] / (1 - Math.pow(0.9, k)) / (root + 1e-8);
                    assertThat(after[i]).as("step %d, element %d", k, i).isCloseTo(expected[i], within(1e-12));
                }
                assertThat(after[9]).isNotEqualTo(before[9]); // the bias has factors
            }
            assertThat(objective.value(objective.theta(), Scope.all())).isLessThan(0.95 * start);
        }
    }

    /** The layers of K-FAC step as if the others were frozen: rate, momentum and model are theirs alone. */
    @Test
    void aGroupOfLayersCanFollowTheRule() {
        Module net = new Sequential(new Linear(2, 5), Activation.tanh(), new Linear(5, 3));
        Linear frozen = new Linear(5, 3);
        Module twin = new Sequential(new Linear(2, 5), Activation.tanh(), frozen);
        try (SupervisedObjective objective = objective(net);
                SupervisedObjective same = objective(twin);
                Kfac optimizer = settings()
                        .rest(
                                RestRule.sgd(Schedule.constant(0.1), 0.5),
                                ParameterGroup.of("head", net, Parameters.under("2")))
                        .build();
                Kfac alone = settings().build()) {
            frozen.freeze();
            INDArray g = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            objective.gradient(objective.theta(), Scope.all(), g);
            double[] gradient = Arena.toDoubles(g);
            double[] before = Arena.toDoubles(objective.theta());
            StepReport report = optimizer.step(objective, objective.theta());
            StepReport expected = alone.step(same, same.theta());
            assertThat(report.telemetry().get("rate"))
                    .isCloseTo(expected.telemetry().get("rate"), within(1e-12));
            assertThat(report.telemetry().get("model"))
                    .isCloseTo(expected.telemetry().get("model"), within(1e-12));
            double[] after = Arena.toDoubles(objective.theta());
            double[] ofTwin = Arena.toDoubles(same.theta());
            for (int i = 0; i < 15; i++) {
                assertThat(after[i]).isCloseTo(ofTwin[i], within(1e-12));
            }
            for (int i = 15; i < 33; i++) {
                assertThat(after[i]).isCloseTo(before[i] - 0.1 * gradient[i], within(1e-14));
            }
        }
    }

    @Test
    void aResumeGoesOnBitForBit() {
        Supplier<Kfac> maker = () -> settings()
                .rest(RestRule.adam(Schedule.stepDecay(0.01, 0.5, 5), 0.9, 0.99, 1e-8))
                .averageGradients(0.5)
                .build();
        double[] whole;
        try (SupervisedObjective objective = objective(net());
                Kfac optimizer = maker.get()) {
            for (int k = 0; k < 14; k++) {
                optimizer.step(objective, objective.theta());
            }
            whole = Arena.toDoubles(objective.theta());
        }
        try (SupervisedObjective objective = objective(net())) {
            OptimizerState state;
            try (Kfac first = maker.get()) {
                for (int k = 0; k < 6; k++) {
                    first.step(objective, objective.theta());
                }
                state = first.state();
            }
            try (Kfac second = maker.get()) {
                second.restore(state);
                for (int k = 0; k < 8; k++) {
                    second.step(objective, objective.theta());
                }
            }
            assertThat(Arena.toDoubles(objective.theta())).containsExactly(whole);
        }
    }
}
