package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Residual;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.problems.PlainObjective;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean of squared gradients of single examples is what one example after the other gives. */
class SquaredGradientTest {
    private static final int EXAMPLES = 90;

    private record Case(String name, Module module) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        Linear twice = new Linear(4, 4);
        Linear frozen = new Linear(4, 4);
        frozen.freeze();
        return Stream.of(
                new Case("dense", new Sequential(new Linear(2, 5), Activation.tanh(), new Linear(5, 3))),
                new Case(
                        "gain and bias",
                        new Sequential(new Linear(2, 4), new LayerNorm(4), Activation.relu(), new Linear(4, 3))),
                new Case(
                        "residual, dropout",
                        new Sequential(
                                new Linear(2, 4),
                                new Residual(new Sequential(new Linear(4, 4), Activation.tanh())),
                                new Dropout(0.3),
                                new Linear(4, 3))),
                new Case("frozen", new Sequential(new Linear(2, 4), frozen, new Linear(4, 3))),
                new Case(
                        "a layer used twice",
                        new Sequential(new Linear(2, 4), twice, Activation.tanh(), twice, new Linear(4, 3))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isThatOfOneExampleAfterTheOther(Case c) {
        c.module.initialize(DType.FLOAT64, 3);
        DataSet spirals = Generators.spirals(EXAMPLES, 3, 0.1, 1);
        Scope scope = Scope.all().withNoise(7);
        try (Workers workers = new Workers(2);
                SupervisedObjective objective = SupervisedObjective.builder(
                                c.module, Loss.softmaxCrossEntropy(), spirals)
                        .l2(0.1)
                        .workers(workers)
                        .shardSize(40)
                        .build();
                SupervisedObjective bare = SupervisedObjective.builder(c.module, Loss.softmaxCrossEntropy(), spirals)
                        .workers(workers)
                        .build()) {
            INDArray theta = objective.theta();
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            INDArray squares = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            INDArray plain = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            double value = objective.gradient(theta, scope, gradient, squares);
            double[] expected = new double[(int) theta.length()];
            for (int i = 0; i < EXAMPLES; i++) {
                bare.gradient(theta, Scope.of(i).withNoise(7), plain);
                for (int j = 0; j < expected.length; j++) {
                    expected[j] += plain.getDouble(j) * plain.getDouble(j) / EXAMPLES;
                }
            }
            assertThat(Arena.toDoubles(squares)).containsExactly(expected, within(1e-13));
            assertThat(objective.gradient(theta, scope, plain)).isCloseTo(value, within(1e-14));
            assertThat(Arena.toDoubles(plain)).containsExactly(Arena.toDoubles(gradient), within(1e-14));
        }
    }

    @Test
    void isNotClaimedWhereItNeedsEachExample() {
        Tensor w = Tensor.variable("w", Arena.of(DType.FLOAT64, Shape.of(2, 2), 1, 2, 3, 4));
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
        assertThat(Autodiff.squaredGradients(x.matmul(w).tanh().sum(), List.of(w)))
                .isPresent();
        assertThat(Autodiff.squaredGradients(x.matmul(w).matmul(w).sum(), List.of(w)))
                .isEmpty();
        assertThat(Autodiff.squaredGradients(x.matmul(w.exp()).sum(), List.of(w)))
                .isEmpty();
    }

    @Test
    void objectivesWithoutExamplesSaySo() {
        PlainObjective objective = PlainObjective.of(v -> v);
        INDArray theta = Arena.of(DType.FLOAT64, Shape.of(1), 1);
        assertThatThrownBy(() -> objective.gradient(theta, Scope.all(), theta, theta))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("preconditioner(0)");
    }
}
