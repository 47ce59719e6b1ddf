package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Rosenbrock;
import dev.ravine.optim.problems.VariantFigures;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Optimizers go where those of another program go from one start on Rosenbrock's function. The program's resource has a
 * learning rate and a point for each step.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TrajectoryContract {
    static final double RATE = 2e-4;
    private static final double[] START = {-1.2, 1.0, -0.5, 0.8, 0.3, -0.7, 1.1, 0.1, -0.9, 0.6};
    private static final int STEPS = 50;

    private final Map<String, Supplier<? extends Optimizer>> variants;
    private final Map<String, List<double[]>> expected = new LinkedHashMap<>();

    TrajectoryContract(Map<String, Supplier<? extends Optimizer>> variants, String... resources) {
        this.variants = variants;
        for (String resource : resources) {
            expected.putAll(VariantFigures.read(TrajectoryContract.class, resource));
        }
    }

    final Stream<String> names() {
        return variants.keySet().stream();
    }

    @Test
    final void allAreCompared() {
        assertThat(variants.keySet()).containsExactlyElementsOf(expected.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    final void goesWhereTheReferenceGoes(String name) {
        follow(expected.get(name), variants.get(name).get());
    }

    @ParameterizedTest
    @MethodSource("names")
    final void goesThereInSinglePrecision(String name) {
        followInSinglePrecision(expected.get(name), variants.get(name).get());
    }

    /** Fails where the optimizer leaves the way by more than 1e-12. */
    private static void follow(List<double[]> expected, Optimizer optimizer) {
        assertThat(expected).hasSize(STEPS);
        INDArray theta = Points.vector(START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                optimizer) {
            for (int t = 0; t < STEPS; t++) {
                StepReport report = optimizer.step(objective, theta);
                double[] line = expected.get(t);
                // PyTorch computes some rates from those before: tiny ones carry the rounding of large ones.
                assertThat(report.telemetry().get("learning_rate"))
                        .as("learning rate of step %d", t + 1)
                        .isCloseTo(line[0], within(1e-12 * Math.max(line[0], RATE)));
                assertThat(Points.relativeDistance(Arena.toDoubles(theta), point(line)))
                        .as("step %d", t + 1)
                        .isLessThan(1e-12);
            }
        }
    }

    /** In single precision the same formulas, if not the same numbers. */
    private static void followInSinglePrecision(List<double[]> expected, Optimizer optimizer) {
        INDArray theta = Arena.of(DType.FLOAT32, Shape.of(START.length), START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT32, START.length);
                optimizer) {
            for (int t = 0; t < STEPS; t++) {
                optimizer.step(objective, theta);
            }
        }
        assertThat(Points.relativeDistance(Arena.toDoubles(theta), point(expected.get(STEPS - 1))))
                .isLessThan(1e-4);
    }

    private static double[] point(double[] line) {
        return Arrays.copyOfRange(line, 1, line.length);
    }
}
