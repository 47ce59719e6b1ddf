package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
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
import dev.ravine.optim.problems.ExponentialWeights;
import dev.ravine.optim.problems.PlainObjective;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Statistics add over examples and shards, whatever they are; and what they cannot tell apart is refused by name. */
class StatisticTest {
    private static final DataSet SPIRALS = Generators.spirals(90, 3, 0.1, 1);

    /** Input and cotangent second moments of every matrix: the factors of Kronecker-factored curvature. */
    private static final Statistic FACTORS = graph -> graph.parameters().stream()
            .flatMap(w -> graph.uses(w).stream())
            .filter(use -> !use.isRepeated())
            .flatMap(use -> Stream.of(
                    use.inputs().matmul(use.inputs(), true, false),
                    use.cotangents().matmul(use.cotangents(), true, false)))
            .toList();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void kroneckerFactorsAreMeansOfOuterProducts(int threads) {
        Module net = new Sequential(new Linear(2, 4), Activation.tanh(), new Linear(4, 3));
        net.initialize(DType.FLOAT64, 2);
        try (Workers workers = new Workers(threads);
                SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), SPIRALS)
                        .workers(workers)
                        .shardSize(25)
                        .build()) {
            int size = 2 * 2 + 4 * 4 + 4 * 4 + 3 * 3;
            assertThat(objective.statisticSize(FACTORS)).isEqualTo(size);
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            INDArray factors = Arena.create(DType.FLOAT64, Shape.of(size));
            objective.gradient(objective.theta(), Scope.all(), gradient, FACTORS, factors);
            double[] found = Arena.toDoubles(factors);
            Elements x = Elements.of(SPIRALS.features());
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 2; j++) {
                    double mean = 0;
                    for (int n = 0; n < 90; n++) {
                        mean += x.get(2 * n + i) * x.get(2 * n + j) / 90;
                    }
                    assertThat(found[2 * i + j]).isCloseTo(mean, within(1e-14));
                }
            }
            // The last layer's cotangents are softmax minus one-hot: each row of their second moment sums to zero.
            for (int i = 0; i < 3; i++) {
                double sum = found[size - 9 + 3 * i] + found[size - 9 + 3 * i + 1] + found[size - 9 + 3 * i + 2];
                assertThat(sum).isCloseTo(0, within(1e-15));
            }
            assertThat(found).containsExactly(oneWorker(net, size));
        }
    }

    private static double[] oneWorker(Module net, int size) {
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), SPIRALS)
                        .workers(workers)
                        .shardSize(25)
                        .build()) {
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            INDArray factors = Arena.create(DType.FLOAT64, Shape.of(size));
            objective.gradient(objective.theta(), Scope.all(), gradient, FACTORS, factors);
            return Arena.toDoubles(factors);
        }
    }

    @Test
    void aParameterWithoutRowsIsRefusedByName() {
        Module net = new ExponentialWeights(2, 3);
        net.initialize(DType.FLOAT64, 1);
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), SPIRALS)) {
            INDArray theta = objective.theta();
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            INDArray squares = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            Statistic strict = SquaredGradients.inOnePass();
            assertThatThrownBy(() -> objective.gradient(theta, Scope.all(), out, strict, squares))
                    .isInstanceOf(NoRowsException.class)
                    .hasMessageContainingAll("weight", "exp", "Op.rows", "SquaredGradients(true)", "preconditioner(0)");
            assertThat(objective.obstacle(strict))
                    .hasValueSatisfying(why -> assertThat(why).contains("weight"));
        }
    }

    @Test
    void whereAllowedItIsComputedOneExampleAtATime() {
        Module net = new ExponentialWeights(2, 3);
        net.initialize(DType.FLOAT64, 1);
        Statistic patient = new SquaredGradients(true);
        try (SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), SPIRALS)
                .memoryLimit(10_000_000)
                .build()) {
            INDArray theta = objective.theta();
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            INDArray squares = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            objective.gradient(theta, Scope.all(), out, patient, squares);
            double[] expected = new double[(int) theta.length()];
            for (int n = 0; n < SPIRALS.size(); n++) {
                objective.gradient(theta, Scope.of(n), out);
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += out.getDouble(i) * out.getDouble(i) / SPIRALS.size();
                }
            }
            assertThat(Arena.toDoubles(squares)).containsExactly(expected, within(1e-13));
            assertThat(objective.obstacle(patient)).isPresent();
            assertThat(objective.statisticSize(patient)).isEqualTo(theta.length());
        }
    }

    @Test
    void dataThatTheOperationDoesNotSayWhereItsExamplesAreAreRefused() {
        // A product of two parameters: its rows are no examples, though there are as many.
        Module net = new Module() {
            private final Parameter left = parameter("left", Initializer.normal(0.5), 2, 2);
            private final Parameter right = parameter("right", Initializer.normal(0.5), 2, 3);

            @Override
            public Tensor forward(Tensor x) {
                return x.matmul(left.tensor().matmul(right.tensor()));
            }
        };
        net.initialize(DType.FLOAT64, 1);
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), SPIRALS)) {
            Optional<String> why = objective.obstacle(SquaredGradients.inOnePass());
            assertThat(why).hasValueSatisfying(message -> assertThat(message).contains("left", "meets no examples"));
        }
    }

    @Test
    void objectivesWithoutExamplesSaySo() {
        PlainObjective objective = PlainObjective.of(v -> v);
        INDArray theta = Arena.of(DType.FLOAT64, Shape.of(1), 1);
        Statistic squares = SquaredGradients.inOnePass();
        assertThatThrownBy(() -> objective.gradient(theta, Scope.all(), theta, squares, theta))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("preconditioner(0)");
    }

    @Test
    void aPlainFunctionIsOneExample() {
        try (FunctionObjective f =
                new FunctionObjective(DType.FLOAT64, 2, x -> x.square().sum())) {
            INDArray theta = Arena.of(DType.FLOAT64, Shape.of(2), 3, -1);
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(2));
            INDArray squares = Arena.create(DType.FLOAT64, Shape.of(2));
            f.gradient(theta, Scope.all(), gradient, SquaredGradients.inOnePass(), squares);
            assertThat(Arena.toDoubles(squares)).containsExactly(36, 4);
            assertThat(f.obstacle(SquaredGradients.inOnePass())).isEmpty();
        }
    }
}
