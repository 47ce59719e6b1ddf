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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where optimizers of other programs go from one start on Rosenbrock's function: a learning rate and a point a step. */
final class Trajectories {
    static final double RATE = 2e-4;
    private static final double[] START = {-1.2, 1.0, -0.5, 0.8, 0.3, -0.7, 1.1, 0.1, -0.9, 0.6};
    private static final int STEPS = 50;

    private Trajectories() {}

    /** Fails where the optimizer leaves the way by more than 1e-12. */
    static void follow(List<double[]> expected, Optimizer optimizer) {
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
    static void followInSinglePrecision(List<double[]> expected, Optimizer optimizer) {
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

    /** By the names of their variants. */
    static Map<String, List<double[]>> read(String resource) {
        Map<String, List<double[]>> all = new LinkedHashMap<>();
        try (InputStream in = Trajectories.class.getResourceAsStream(resource)) {
            List<double[]> current = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .toList()) {
                if (line.startsWith("variant ")) {
                    current = new ArrayList<>();
                    all.put(line.substring("variant ".length(), line.indexOf(':')), current);
                } else {
                    current.add(Arrays.stream(line.split(" ", -1))
                            .mapToDouble(Double::parseDouble)
                            .toArray());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }
}
