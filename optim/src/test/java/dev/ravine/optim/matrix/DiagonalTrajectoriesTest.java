package dev.ravine.optim.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.VariantFigures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fifty steps against an independent program in NumPy, {@code diagonal.py}, where probes are exact. */
class DiagonalTrajectoriesTest {
    private static final int SIZE = 9;

    private static final Map<String, List<double[]>> FIGURES =
            VariantFigures.read(DiagonalTrajectoriesTest.class, "diagonal.txt");
    private static final Map<String, Supplier<FirstOrder.Builder<?>>> VARIANTS = variants();

    private static Map<String, Supplier<FirstOrder.Builder<?>>> variants() {
        Map<String, Supplier<FirstOrder.Builder<?>>> all = new LinkedHashMap<>();
        all.put("adahessian", AdaHessian::builder);
        all.put(
                "adahessian-power",
                () -> AdaHessian.builder()
                        .learningRate(0.05)
                        .betas(0.8, 0.9)
                        .epsilon(1e-2)
                        .power(0.5)
                        .weightDecay(0.1));
        all.put("sophia-h", () -> Sophia.builder().estimate(SophiaEstimate.HUTCHINSON));
        all.put(
                "sophia-h-often",
                () -> Sophia.builder()
                        .estimate(SophiaEstimate.HUTCHINSON)
                        .learningRate(0.03)
                        .betas(0.9, 0.5)
                        .rho(0.5)
                        .every(3)
                        .weightDecay(0.2));
        return all;
    }

    static Stream<String> names() {
        return VARIANTS.keySet().stream();
    }

    private static FunctionObjective objective() {
        double[] a = IntStream.range(0, SIZE)
                .mapToDouble(i -> 1.5 * Math.cos(2.1 * i))
                .toArray();
        double[] b = IntStream.range(0, SIZE)
                .mapToDouble(i -> Math.sin(1.1 * i + 0.4))
                .toArray();
        Shape shape = Shape.of(SIZE);
        return new FunctionObjective(DType.FLOAT64, SIZE, x -> {
            Tensor squares = x.square();
            Tensor quadratic =
                    squares.mul(Tensor.constant(DType.FLOAT64, shape, a)).mul(0.5);
            Tensor linear = x.mul(Tensor.constant(DType.FLOAT64, shape, b));
            return quadratic.add(squares.square().mul(0.25)).sub(linear).sum();
        });
    }

    private static INDArray start() {
        return Points.vector(IntStream.range(0, SIZE)
                .mapToDouble(i -> 0.9 * Math.sin(1.7 * (i + 1)))
                .toArray());
    }

    @ParameterizedTest
    @MethodSource("names")
    void goesWhereTheReferenceGoes(String name) {
        List<double[]> expected = FIGURES.get(name);
        assertThat(expected).hasSize(50);
        INDArray theta = start();
        try (FunctionObjective objective = objective();
                FirstOrder optimizer = VARIANTS.get(name).get().build()) {
            for (int t = 0; t < expected.size(); t++) {
                optimizer.step(objective, theta);
                assertThat(Points.relativeDistance(Arena.toDoubles(theta), expected.get(t)))
                        .as("step %d", t + 1)
                        .isLessThan(1e-12);
            }
        }
    }

    /** Also between two estimates. */
    @ParameterizedTest
    @MethodSource("names")
    void aResumeGoesOnBitForBit(String name) {
        INDArray whole = start();
        INDArray parts = start();
        try (FunctionObjective objective = objective();
                FirstOrder optimizer = VARIANTS.get(name).get().build()) {
            for (int t = 0; t < 14; t++) {
                optimizer.step(objective, whole);
            }
            OptimizerState state;
            try (FirstOrder first = VARIANTS.get(name).get().build()) {
                for (int t = 0; t < 5; t++) {
                    first.step(objective, parts);
                }
                state = first.state();
            }
            try (FirstOrder second = VARIANTS.get(name).get().build()) {
                second.restore(state);
                for (int t = 5; t < 14; t++) {
                    second.step(objective, parts);
                }
            }
        }
        assertThat(Arena.toDoubles(parts)).containsExactly(Arena.toDoubles(whole));
    }
}
