package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Schedule;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** First-order optimizers go where PyTorch's go, step by step; the resource says how its numbers were made. */
class PyTorchTrajectoriesTest {
    private static final double[] START = {-1.2, 1.0, -0.5, 0.8, 0.3, -0.7, 1.1, 0.1, -0.9, 0.6};
    private static final double RATE = 2e-4;
    private static final int STEPS = 50;

    /** The learning rate and the point of each step. */
    private static final Map<String, List<double[]>> TRAJECTORIES = read();

    /** The same optimizers, in Ravine's words. */
    private static final Map<String, FirstOrder.Builder<?>> VARIANTS = variants();

    private static Map<String, FirstOrder.Builder<?>> variants() {
        Map<String, FirstOrder.Builder<?>> all = new LinkedHashMap<>();
        all.put("sgd", sgd());
        all.put("sgd-momentum", sgd().momentum(0.9));
        all.put("sgd-dampening", sgd().momentum(0.9).dampening(0.5));
        all.put("sgd-nesterov", sgd().nesterov(0.9));
        all.put("sgd-weight-decay", sgd().momentum(0.9).weightDecay(0.5));
        all.put("adagrad", Adagrad.builder());
        all.put("adagrad-lr-decay", Adagrad.builder().learningRate(t -> 0.1 / (1 + 0.1 * t)));
        all.put("adagrad-weight-decay", Adagrad.builder().learningRate(0.1).weightDecay(0.5));
        all.put("rmsprop", RmsProp.builder());
        all.put(
                "rmsprop-momentum",
                RmsProp.builder().learningRate(1e-3).alpha(0.9).momentum(0.9));
        all.put("rmsprop-centered", RmsProp.builder().learningRate(1e-3).centered(true));
        all.put(
                "rmsprop-centered-momentum",
                RmsProp.builder()
                        .learningRate(1e-3)
                        .alpha(0.9)
                        .epsilon(1e-6)
                        .centered(true)
                        .momentum(0.5)
                        .weightDecay(0.5));
        all.put("adam", Adam.builder());
        all.put("adam-fast", Adam.builder().learningRate(0.05).betas(0.8, 0.95).epsilon(1e-6));
        all.put("adam-weight-decay", Adam.builder().learningRate(0.01).weightDecay(0.5));
        all.put("adamw", Adam.adamW());
        all.put("adamw-strong", Adam.adamW().learningRate(0.01).weightDecay(0.5));
        all.put("clip-norm", sgd().momentum(0.9).clipNorm(50));
        all.put("clip-value", sgd().momentum(0.9).clipValue(20));
        all.put("step-decay", Sgd.builder().learningRate(Schedule.stepDecay(RATE, 0.5, 12)));
        all.put("cosine", Sgd.builder().learningRate(Schedule.cosine(RATE, 1e-5, 50)));
        all.put(
                "one-cycle",
                Sgd.builder()
                        .learningRate(Schedule.oneCycle(3e-4, 50))
                        .momentum(Schedule.oneCycleMomentum(0.85, 0.95, 50)));
        all.put("warm-up", Sgd.builder().learningRate(Schedule.warmUp(20, 0.1, Schedule.constant(RATE))));
        all.put(
                "warm-up-cosine",
                Sgd.builder().learningRate(Schedule.warmUp(10, 0.1, Schedule.cosine(RATE, 1e-5, 40))));
        all.put("plateau", Sgd.builder().learningRate(1e-3).plateau(new Plateau(0.5, 2, 0.05, 3, 1e-4)));
        all.put("plateau-rough", sgd().momentum(0.9).plateau(Plateau.of(0.3, 1)));
        return all;
    }

    private static Sgd.Builder sgd() {
        return Sgd.builder().learningRate(RATE);
    }

    static Stream<String> names() {
        return VARIANTS.keySet().stream();
    }

    @Test
    void allAreCompared() {
        assertThat(VARIANTS.keySet()).containsExactlyElementsOf(TRAJECTORIES.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void goesWherePyTorchGoes(String name) {
        List<double[]> expected = TRAJECTORIES.get(name);
        assertThat(expected).hasSize(STEPS);
        INDArray theta = Points.vector(START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, START.length);
                FirstOrder optimizer = VARIANTS.get(name).build()) {
            for (int t = 0; t < STEPS; t++) {
                StepReport report = optimizer.step(objective, theta);
                double[] line = expected.get(t);
                // PyTorch computes some rates from those before: tiny ones carry the rounding of large ones.
                assertThat(report.telemetry().get("learning_rate"))
                        .as("learning rate of step %d", t + 1)
                        .isCloseTo(line[0], within(1e-12 * Math.max(line[0], RATE)));
                assertThat(Points.relativeDistance(Arena.toDoubles(theta), Arrays.copyOfRange(line, 1, line.length)))
                        .as("step %d", t + 1)
                        .isLessThan(1e-12);
            }
        }
    }

    /** In single precision the same formulas, if not the same numbers. */
    @ParameterizedTest
    @MethodSource("names")
    void goesThereInSinglePrecision(String name) {
        double[] last = TRAJECTORIES.get(name).get(STEPS - 1);
        INDArray theta = Arena.of(DType.FLOAT32, Shape.of(START.length), START);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT32, START.length);
                FirstOrder optimizer = VARIANTS.get(name).build()) {
            for (int t = 0; t < STEPS; t++) {
                optimizer.step(objective, theta);
            }
        }
        assertThat(Points.relativeDistance(Arena.toDoubles(theta), Arrays.copyOfRange(last, 1, last.length)))
                .isLessThan(1e-4);
    }

    private static Map<String, List<double[]>> read() {
        Map<String, List<double[]>> all = new LinkedHashMap<>();
        try (InputStream in = PyTorchTrajectoriesTest.class.getResourceAsStream("pytorch-trajectories.txt")) {
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
