package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The optimizer beside a run of its author's own implementation (the resource says which), step by step. In long runs of
 * conjugate gradients last-bit differences grow by many orders of magnitude; so the tolerance is 1e-12 plus 100 times
 * what reruns of the reference itself with other BLAS kernels differed by, and integers are compared where those agree.
 *
 * <p>All examples are in one shard, as there: in two shards the sums round otherwise, and restarted at step 17, where the noise
 * of the solution is 6e-3, conjugate gradients stop after 38 iterations instead of 39.
 */
class HessianFreeReferenceTest {
    private static final String RESOURCE = "hessian-free-run.txt";
    private static final double L2 = 2e-5;
    private static final Run RUN = Run.read();

    private Workers workers;
    private Module net;
    private SupervisedObjective objective;

    @BeforeEach
    void build() {
        net = new Sequential(
                new Linear(16, 12),
                Activation.sigmoid(),
                new Linear(12, 6),
                Activation.sigmoid(),
                new Linear(6, 3),
                new Linear(3, 6),
                Activation.sigmoid(),
                new Linear(6, 12),
                Activation.sigmoid(),
                new Linear(12, 16));
        net.initialize(DType.FLOAT64, 1);
        workers = new Workers(1);
        double[] inputs = RUN.cases.stream().flatMapToDouble(Arrays::stream).toArray();
        INDArray features = Arena.of(DType.FLOAT64, Shape.of(RUN.cases.size(), 16), inputs);
        objective = SupervisedObjective.builder(
                        net, new Loss.BinaryCrossEntropy(Reduction.SUM), DataSet.autoencoding(features))
                .splitFrom(1000)
                .l2(L2)
                .workers(workers)
                .build();
    }

    @AfterEach
    void close() {
        objective.close();
        workers.close();
    }

    /** From the reference's own state before the step: sharp, but blind to what is carried from step to step. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void aStepFromTheReferencesStateGivesTheReferencesStep(int k) {
        Iteration iteration = RUN.iterations.get(k - 1);
        double[] start = k == 1 ? RUN.theta0() : RUN.iterations.get(k - 2).vector("theta");
        double[] solution =
                k == 1 ? new double[start.length] : RUN.iterations.get(k - 2).vector("d");
        moveTo(start);
        try (HessianFree optimizer = reference()) {
            optimizer.restore(new OptimizerState(
                    k - 1L,
                    Map.of(
                            "damping", iteration.number("lambda_before"),
                            "seed", 0.0,
                            "gradient_examples", 0.0,
                            "loss_examples", 0.0,
                            "curvature_examples", 400.0,
                            "growth", 1.0,
                            "gradient_cursor", 0.0,
                            "curvature_cursor", 0.0),
                    Map.of("solution", vector(solution))));
            assertIsStep(iteration, "noise_one_step", optimizer);
        }
    }

    /** All steps in a row: what is carried over, such as the warm start and the damping, is right too. */
    @Test
    void aFreeRunFollowsTheReference() {
        moveTo(RUN.theta0());
        try (HessianFree optimizer = reference()) {
            for (Iteration iteration : RUN.iterations) {
                assertIsStep(iteration, "noise_free", optimizer);
            }
        }
    }

    private static HessianFree reference() {
        return MartensReference.builder().damping(1).curvatureExamples(400).build();
    }

    private void assertIsStep(Iteration reference, String noise, HessianFree optimizer) {
        StepReport report = optimizer.step(objective, objective.theta());
        String k = "step " + reference.k + ": ";
        Map<String, Double> telemetry = report.telemetry();
        assertClose(
                k + "objective", report.loss(), reference.number("objective_before"), previousNoise(reference, noise));
        assertClose(
                k + "gradient norm",
                report.gradientNorm(),
                reference.number("gradient_norm"),
                reference.noise(noise, "gradient_norm"));
        assertClose(k + "damping", report.model().orElseThrow().damping(), reference.number("lambda_before"), 0);
        assertClose(
                k + "phi", telemetry.get("phi"), reference.number("cg_phi_final"), reference.noise(noise, "phi_final"));
        assertClose(
                k + "ratio",
                report.model().orElseThrow().ratio(),
                reference.number("rho"),
                reference.noise(noise, "rho") + reference.number("rho_rounding_floor"));
        assertClose(k + "next damping", optimizer.damping(), reference.number("lambda_after"), 0);
        if (reference.integersAgree(noise)) {
            assertThat((double) report.model().orElseThrow().iterations())
                    .as(k + "iterations")
                    .isEqualTo(reference.number("cg_iterations"));
            assertThat(telemetry.get("backtracked_to"))
                    .as(k + "backtracked to")
                    .isEqualTo(reference.number("backtracked_to"));
            assertClose(k + "rate", telemetry.get("rate"), reference.number("alpha"), 0);
        }
        assertClose(
                k + "solution",
                Arena.toDoubles(optimizer.state().vector("solution")),
                reference.vector("d"),
                reference.noise(noise, "d"));
        assertClose(
                k + "theta",
                Arena.toDoubles(objective.theta()),
                reference.vector("theta"),
                reference.noise(noise, "theta"));
        assertClose(
                k + "objective after",
                objective.value(objective.theta(), Scope.all()),
                reference.number("objective_after"),
                reference.noise(noise, "f"));
    }

    /** The objective before a step is that after the step before; a single step starts without noise. */
    private static double previousNoise(Iteration reference, String noise) {
        return noise.equals("noise_free") && reference.k > 1
                ? RUN.iterations.get(reference.k - 2).noise(noise, "f")
                : 0;
    }

    private static void assertClose(String what, double found, double expected, double noise) {
        if (found == expected) {
            return;
        }
        double difference = Math.abs(found - expected) / Math.max(Math.abs(found), Math.abs(expected));
        assertThat(difference)
                .as("%s: %s, expected %s", what, found, expected)
                .isLessThanOrEqualTo(1e-12 + 100 * noise);
    }

    private static void assertClose(String what, double[] found, double[] expected, double noise) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (found[i] - expected[i]) * (found[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        assertThat(Math.sqrt(difference / norm)).as(what).isLessThanOrEqualTo(1e-12 + 100 * noise);
    }

    private void moveTo(double[] theta) {
        Vectors.copy(vector(theta), objective.theta());
        objective.thetaChanged(objective.theta());
    }

    private static INDArray vector(double[] values) {
        return Arena.of(DType.FLOAT64, Shape.of(values.length), values);
    }

    /** The cases, the start and the steps. */
    private record Run(List<double[]> cases, List<double[]> start, List<Iteration> iterations) {
        double[] theta0() {
            return start.get(0);
        }

        static Run read() {
            List<double[]> cases = new ArrayList<>();
            List<Iteration> iterations = new ArrayList<>();
            List<double[]> start = new ArrayList<>();
            for (String line : lines()) {
                int space = line.indexOf(' ');
                String name = line.substring(0, space);
                String rest = line.substring(space + 1);
                switch (name) {
                    case "#" -> {}
                    case "case" ->
                        cases.add(
                                Arrays.stream(numbers(rest)).map(v -> v / 1024).toArray());
                    case "theta0" -> start.add(numbers(rest));
                    case "iteration" -> iterations.add(new Iteration(Integer.parseInt(rest), new HashMap<>()));
                    default -> iterations.get(iterations.size() - 1).lines.put(name, rest);
                }
            }
            return new Run(cases, start, iterations);
        }

        private static List<String> lines() {
            try (InputStream in = HessianFreeReferenceTest.class.getResourceAsStream(RESOURCE)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** One step of the reference. */
    private record Iteration(int k, Map<String, String> lines) {
        double number(String name) {
            return Double.parseDouble(lines.get(name));
        }

        double[] vector(String name) {
            return numbers(lines.get(name));
        }

        double noise(String kind, String quantity) {
            return Double.parseDouble(field(kind, quantity));
        }

        boolean integersAgree(String kind) {
            return Boolean.parseBoolean(field(kind, "integers_agree"));
        }

        private String field(String kind, String quantity) {
            return Arrays.stream(lines.get(kind).split(" ", -1))
                    .filter(f -> f.startsWith(quantity + "="))
                    .map(f -> f.substring(f.indexOf('=') + 1))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
