package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.problems.ConvergenceOrder;
import dev.ravine.optim.problems.Moons;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.RecordingObjective;
import dev.ravine.optim.problems.Rosenbrock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class LineSearchNewtonTest {
    private static Tensor x(Tensor theta, int i) {
        return theta.slice(0, i, i + 1);
    }

    @Test
    void convergesSuperlinearly() {
        INDArray theta = Points.vector(0.1, -0.2, 0.05, 0.15, -0.1, 0.2, -0.05, 0.1);
        try (FunctionObjective objective = ConvergenceOrder.convex(DType.FLOAT64, 8);
                LineSearchNewton optimizer = LineSearchNewton.builder().build()) {
            List<Double> errors = ConvergenceOrder.errors(objective, optimizer, theta, new double[8]);
            assertThat(ConvergenceOrder.fitted(errors)).as("%s", errors).isGreaterThan(1.4);
            assertThat(errors).hasSizeLessThan(9);
        }
    }

    @Test
    void aStepOnAQuadraticIsReportedAsItWas() {
        // f = x^2 + 5 y^2: from (1, 1) the gradient is (2, 10), and two iterations solve to rounding.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64,
                        2,
                        t -> x(t, 0).square().add(x(t, 1).square().mul(5)).sum());
                LineSearchNewton optimizer =
                        LineSearchNewton.builder().forcing(1e-12).build()) {
            INDArray theta = Points.vector(1, 1);
            StepReport report = optimizer.step(objective, theta);
            assertThat(Arena.toDoubles(theta)).containsExactly(new double[] {0, 0}, within(1e-14));
            assertThat(report.accepted()).isTrue();
            assertThat(report.loss()).isEqualTo(6);
            assertThat(report.lossAfter()).isCloseTo(0, within(1e-25));
            assertThat(report.gradientNorm()).isCloseTo(Math.sqrt(104), within(1e-13));
            assertThat(report.stepNorm()).isCloseTo(Math.sqrt(2), within(1e-13));
            assertThat(report.reason()).contains("conjugate gradients: ").contains("strong Wolfe conditions");
            assertThat(report.telemetry()).containsEntry("rate", 1.0).containsEntry("rates_tried", 1.0);
            ModelReport model = report.model().orElseThrow();
            assertThat(model.damping()).isEqualTo(0);
            assertThat(model.ratio()).isCloseTo(1, within(1e-12));
            assertThat(model.iterations()).isEqualTo(2);
            assertThat(model.smallestCurvature()).isBetween(2.0, 10.0);
        }
    }

    @Test
    void theRatioIsThatOfTheModelAlongTheDirection() {
        // One-dimensional, so that one iteration solves: p = -g / h, predicted -g^2 / 2h.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 1, t -> t.exp().sub(t.mul(2)).sum());
                LineSearchNewton optimizer = LineSearchNewton.builder().build()) {
            INDArray theta = Points.vector(1);
            StepReport report = optimizer.step(objective, theta);
            double g = Math.E - 2;
            double step = -g / Math.E;
            double rate = report.telemetry().get("rate");
            double after = Math.exp(1 + rate * step) - 2 * (1 + rate * step);
            assertThat(report.lossAfter()).isCloseTo(after, within(1e-15));
            double predicted = rate * g * step + rate * rate * Math.E * step * step / 2;
            assertThat(report.model().orElseThrow().ratio())
                    .isCloseTo((after - (Math.E - 2)) / predicted, within(1e-12));
        }
    }

    @EachFloatType
    void negativeCurvatureAtTheFirstDirectionMakesASteepestDescent(DType dtype) {
        // cos x from 0.5: the curvature is -cos 0.5, the slope -sin 0.5.
        try (FunctionObjective objective =
                        new FunctionObjective(dtype, 1, t -> t.cos().sum());
                LineSearchNewton optimizer = LineSearchNewton.builder().build()) {
            INDArray theta = Points.random(dtype, 1, 1);
            Vectors.fill(theta, 0.5);
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.reason()).contains("NONPOSITIVE_CURVATURE").contains("steepest descent");
            ModelReport model = report.model().orElseThrow();
            assertThat(model.iterations()).isEqualTo(0);
            assertThat(model.smallestCurvature()).isCloseTo(-Math.cos(0.5), within(1e-6));
            assertThat(report.stepNorm()).isCloseTo(report.telemetry().get("rate") * Math.tan(0.5), within(1e-6));
            for (int i = 0; i < 10; i++) {
                optimizer.step(objective, theta);
            }
            assertThat(Math.cos(theta.getDouble(0))).isCloseTo(-1, within(1e-6));
        }
    }

    @Test
    void atAStationaryPointItSaysWhyItStays() {
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 2, t -> x(t, 0).mul(x(t, 1)).sum());
                LineSearchNewton optimizer = LineSearchNewton.builder().build()) {
            INDArray theta = Points.vector(0, 0);
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.accepted()).isFalse();
            assertThat(report.reason()).contains("not a descent direction");
            assertThat(optimizer.canLeave(objective, theta)).isFalse();
            assertThat(Arena.toDoubles(theta)).containsExactly(0, 0);
        }
    }

    @Test
    void theGradientAtTheEndOfASearchServesTheNextStep() {
        RecordingObjective objective = new RecordingObjective(Rosenbrock.objective(DType.FLOAT64, 4));
        INDArray theta = Points.vector(-1.2, 1, -1.2, 1);
        try (LineSearchNewton optimizer = LineSearchNewton.builder().build()) {
            int rates = 0;
            for (int i = 0; i < 10; i++) {
                rates += optimizer
                        .step(objective, theta)
                        .telemetry()
                        .get("rates_tried")
                        .intValue();
            }
            assertThat(objective.gradientRows).hasSize(1 + rates);
        }
    }

    @EachFloatType
    void trainsANetWithEitherCurvature(DType dtype) {
        for (Curvature curvature : List.of(Curvature.HESSIAN, Curvature.GAUSS_NEWTON)) {
            var net = new Sequential(new Linear(2, 8), Activation.tanh(), new Linear(8, 2));
            net.initialize(dtype, 1);
            try (var objective = Moons.classifiedBy(net, dtype, 1e-4);
                    LineSearchNewton optimizer =
                            LineSearchNewton.builder().curvature(curvature).build()) {
                double before = Double.POSITIVE_INFINITY;
                // Slopes decide where the change of the loss is rounding, up to four units in the last place.
                double rounding = 1 + 4 * (dtype == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0));
                StepReport report = null;
                for (int i = 0; i < 25; i++) {
                    report = optimizer.step(objective, objective.theta());
                    assertThat(report.lossAfter()).isLessThanOrEqualTo(rounding * report.loss());
                    assertThat(report.loss()).isLessThanOrEqualTo(before);
                    before = report.lossAfter();
                }
                assertThat(report.lossAfter()).as("%s %s", curvature, report).isLessThan(0.05);
            }
        }
    }

    @Test
    void settingsAreChecked() {
        for (double forcing : new double[] {0, 1, -0.5}) {
            assertThatThrownBy(() -> LineSearchNewton.builder().forcing(forcing))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("forcing");
        }
        assertThatThrownBy(() -> LineSearchNewton.builder().maxIterations(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Its curved valley begins where the Hessian is indefinite: SciPy's Newton-CG makes 3987 steps, trust-ncg 59. */
    @Test
    void negativeCurvatureIsAWayAlongACurvedValley() {
        for (double[] start : new double[][] {{-12, 10}, {-120, 100}}) {
            try (LineSearchNewton optimizer = LineSearchNewton.builder().build()) {
                Minimize.Result found =
                        Minimize.of(Rosenbrock::of).from(start).tolerance(1e-6).with(optimizer);
                assertThat(found.converged()).as("%s", found).isTrue();
                assertThat(Arena.toDoubles(found.x())).containsExactly(new double[] {1, 1}, within(1e-5));
                assertThat(found.steps()).isLessThan(200);
            }
        }
    }
}
