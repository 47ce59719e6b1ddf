package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Updates of so many parameters that threads share them. */
class SharedUpdateTest {
    private static final int INPUTS = 300;
    private static final int OUTPUTS = 201;

    static Stream<Supplier<Optimizer>> optimizers() {
        return Stream.of(
                () -> Sgd.builder().learningRate(0.1).batchSize(8).build(),
                () -> Sgd.builder().learningRate(0.1).momentum(0.9).batchSize(8).build(),
                () -> Adam.builder().learningRate(0.01).batchSize(8).build(),
                () -> Adam.builder()
                        .learningRate(0.01)
                        .batchSize(8)
                        .clipValue(1e-3)
                        .build(),
                () -> RmsProp.builder().learningRate(0.01).batchSize(8).build());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void anyNumberOfWorkersGivesTheSameBits(Supplier<Optimizer> maker) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            String alone = run(maker, dtype, 1);
            assertThat(run(maker, dtype, 2)).isEqualTo(alone);
            assertThat(run(maker, dtype, 5)).isEqualTo(alone);
        }
    }

    /** Steps and parameters as text. */
    private static String run(Supplier<Optimizer> maker, DType dtype, int threads) {
        StringBuilder text = new StringBuilder();
        try (Workers workers = new Workers(threads);
                SupervisedObjective objective = objective(dtype, workers);
                Optimizer optimizer = maker.get()) {
            for (int step = 0; step < 4; step++) {
                text.append(optimizer.step(objective, objective.theta())).append('\n');
            }
            for (double number : numbers(objective.theta())) {
                text.append(number).append(' ');
            }
        }
        return text.toString();
    }

    private static SupervisedObjective objective(DType dtype, Workers workers) {
        Linear net = new Linear(INPUTS, OUTPUTS);
        net.initialize(dtype, 1);
        DataSet data = DataSet.of(random(dtype, 16, INPUTS, 2), random(dtype, 16, OUTPUTS, 3));
        return SupervisedObjective.builder(net, Loss.meanSquaredError(), data)
                .workers(workers)
                .build();
    }

    private static INDArray random(DType dtype, int rows, int columns, long seed) {
        Rng rng = new Rng(seed);
        double[] numbers = new double[rows * columns];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = rng.nextGaussian();
        }
        return Arena.of(dtype, Shape.of(rows, columns), numbers);
    }

    private static double[] numbers(INDArray array) {
        double[] numbers = new double[(int) array.length()];
        Elements.of(array).read(0, numbers.length, numbers);
        return numbers;
    }

    /** Each thread ends at its own first number that is not finite; the first of all is named, and theta is as before. */
    @Test
    void anUpdateThatIsNotFiniteIsUndone() {
        int count = 100_000;
        try (Workers workers = new Workers(4)) {
            INDArray theta = Arena.create(DType.FLOAT32, Shape.of(count));
            INDArray gradient = Arena.create(DType.FLOAT32, Shape.of(count));
            Vectors.fill(theta, 2);
            Vectors.fill(gradient, 1);
            for (int bad : new int[] {70_001, 30_007, 99_999}) {
                Elements.of(gradient).set(bad, Float.MAX_VALUE);
            }
            UpdateLoop loop = new UpdateLoop(Elements.of(theta), Elements.of(gradient), List.of(), workers);
            UpdateRule doubled = (n, x, g, state) -> {
                for (int i = 0; i < n; i++) {
                    g[i] = 2 * g[i];
                }
            };
            UpdatePart part = new UpdatePart(doubled, UpdateFrame.NONE, List.of(new Span(0, count)));
            assertThat(loop.run(List.of(part), 1).isUndone()).isTrue();
            assertThat(loop.firstNonFinite(List.of())).startsWith("parameter 30007 would become -Infinity");
            assertThat(numbers(theta)).containsOnly(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void theNormIsThatOfOneThread(DType dtype) {
        INDArray x = random(dtype, 1000, 123, 5);
        Elements numbers = Elements.of(x);
        try (Workers workers = new Workers(3)) {
            assertThat(SharedVectors.norm(numbers, workers)).isEqualTo(Vectors.norm(numbers));
            Elements.of(x).set(7, dtype == DType.FLOAT64 ? 1e200 : 1e30);
            assertThat(SharedVectors.norm(numbers, workers)).isEqualTo(Vectors.norm(numbers));
        }
    }
}
