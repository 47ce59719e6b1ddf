package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.Resumed;
import dev.ravine.optim.problems.Rosenbrock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class TrustRegionNewtonTest {
    private static final String RESOURCE = "trust-ncg.txt";

    private static Tensor x(Tensor theta, int i) {
        return theta.slice(0, i, i + 1);
    }

    private static Tensor beale(Tensor t) {
        Tensor sum = null;
        double[] targets = {1.5, 2.25, 2.625};
        Tensor power = x(t, 1).filled(1);
        for (double target : targets) {
            power = power.mul(x(t, 1));
            Tensor r = x(t, 0).mul(power.neg().add(1)).neg().add(target);
            sum = sum == null ? r.square() : sum.add(r.square());
        }
        return sum.sum();
    }

    /** Powell's singular function, whose Hessian is singular at the minimum: convergence is only linear. */
    private static Tensor powell(Tensor t) {
        return x(t, 0).add(x(t, 1).mul(10))
                .square()
                .add(x(t, 2).sub(x(t, 3)).square().mul(5))
                .add(x(t, 1).sub(x(t, 2).mul(2)).square().square())
                .add(x(t, 0).sub(x(t, 3)).square().square().mul(10))
                .sum();
    }

    private static UnaryOperator<Tensor> function(String name) {
        return switch (name) {
            case "rosenbrock" -> Rosenbrock::of;
            case "beale" -> TrustRegionNewtonTest::beale;
            default -> TrustRegionNewtonTest::powell;
        };
    }

    private static double[] start(String name) {
        return switch (name) {
            case "rosenbrock" -> new double[] {-1.2, 1};
            case "beale" -> new double[] {1, 1};
            default -> new double[] {3, -1, 0, 1};
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"rosenbrock", "beale", "powell"})
    void stepsAreThoseOfSciPy(String name) {
        List<double[]> expected = iterates(name);
        INDArray theta = Arena.of(DType.FLOAT64, Shape.of(start(name).length), start(name));
        try (FunctionObjective objective = new FunctionObjective(DType.FLOAT64, theta.length(), function(name));
                TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            for (int k = 0; k < expected.size(); k++) {
                StepReport report = optimizer.step(objective, theta);
                double[] found = Arena.toDoubles(theta);
                for (int i = 0; i < found.length; i++) {
                    double scale = Math.max(1, Math.abs(expected.get(k)[i]));
                    assertThat(found[i])
                            .as("step %d, element %d: %s", k + 1, i, report)
                            .isCloseTo(expected.get(k)[i], within(1e-9 * scale));
                }
            }
            INDArray gradient = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            objective.gradient(theta, Scope.all(), gradient);
            assertThat(Vectors.norm(gradient)).isLessThan(1e-8);
        }
    }

    private static List<double[]> iterates(String name) {
        List<double[]> iterates = new ArrayList<>();
        boolean reading = false;
        for (String line : lines()) {
            if (line.startsWith("problem ")) {
                reading = line.split(" ", -1)[1].equals(name);
            } else if (reading) {
                iterates.add(Arrays.stream(line.split(" ", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray());
            }
        }
        return iterates;
    }

    private static List<String> lines() {
        try (InputStream in = TrustRegionNewtonTest.class.getResourceAsStream(RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @EachFloatType
    void leavesTheNeighbourhoodOfASaddleAlongNegativeCurvature(DType dtype) {
        // x^2 - y^2 + y^4 / 4 has a saddle at 0 and minima of -1 at y = +-sqrt 2.
        try (FunctionObjective objective = new FunctionObjective(
                        dtype,
                        2,
                        t -> x(t, 0).square()
                                .sub(x(t, 1).square())
                                .add(x(t, 1).square().square().mul(0.25))
                                .sum());
                TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            INDArray theta = Arena.of(dtype, Shape.of(2), 1e-3, 1e-6);
            List<StepReport> reports = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                reports.add(optimizer.step(objective, theta));
            }
            assertThat(reports).anyMatch(r -> r.reason().contains("NONPOSITIVE_CURVATURE"));
            assertThat(reports).anyMatch(r -> r.model().orElseThrow().smallestCurvature() < -0.5);
            double[] found = Arena.toDoubles(theta);
            assertThat(found[0]).isCloseTo(0, within(1e-4));
            assertThat(Math.abs(found[1])).isCloseTo(Math.sqrt(2), within(1e-4));
        }
    }

    @Test
    void atAStationaryPointItSaysSoAndStays() {
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 2, t -> x(t, 0).mul(x(t, 1)).sum());
                TrustRegionNewton optimizer = TrustRegionNewton.builder().build()) {
            INDArray theta = Arena.of(DType.FLOAT64, Shape.of(2), 0, 0);
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.accepted()).isFalse();
            assertThat(report.reason()).contains("the model predicts no decrease");
            assertThat(Arena.toDoubles(theta)).containsExactly(0, 0);
        }
    }

    @Test
    void aStepIntoNotANumberIsRejectedAndTheRadiusShrinks() {
        // sqrt(x) + 1 / sqrt(x) with a start where a full step of radius 4 would lead below 0.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64,
                        1,
                        t -> t.sqrt().add(t.sqrt().reciprocal()).sum());
                TrustRegionNewton optimizer =
                        TrustRegionNewton.builder().radius(40, 1000).build()) {
            INDArray theta = Arena.of(DType.FLOAT64, Shape.of(1), 9);
            StepReport first = optimizer.step(objective, theta);
            assertThat(first.accepted()).isFalse();
            assertThat(optimizer.radius()).isEqualTo(10);
            for (int i = 0; i < 30; i++) {
                optimizer.step(objective, theta);
            }
            assertThat(theta.getDouble(0)).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void aRestoredOptimizerGoesOnBitForBit() {
        INDArray theta = Arena.of(DType.FLOAT64, Shape.of(2), -1.2, 1);
        try (FunctionObjective objective = Rosenbrock.objective(DType.FLOAT64, 2);
                TrustRegionNewton optimizer = TrustRegionNewton.builder().build();
                TrustRegionNewton other = TrustRegionNewton.builder().build()) {
            Resumed.goesOnBitForBit(objective, theta, optimizer, other, 7, 7);
        }
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> TrustRegionNewton.builder().radius(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("radius");
        assertThatThrownBy(() -> TrustRegionNewton.builder().maxIterations(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
