package dev.ravine.optim.newton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.newton.ExactNewton.Indefinite;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.problems.ConvergenceOrder;
import dev.ravine.optim.problems.MghProblem;
import dev.ravine.optim.problems.Moons;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.RecordingObjective;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ExactNewtonTest {
    private static Tensor x(Tensor theta, int i) {
        return theta.slice(0, i, i + 1);
    }

    private static ExactNewton optimizer(Indefinite treatment) {
        return ExactNewton.builder().indefinite(treatment).build();
    }

    /** x^2 - y^2 + y^4 / 4: a saddle at 0, and minima of -1 at y = +-sqrt 2. */
    private static Tensor saddle(Tensor t) {
        return x(t, 0).square()
                .sub(x(t, 1).square())
                .add(x(t, 1).square().square().mul(0.25))
                .sum();
    }

    private static FunctionObjective saddle(DType dtype) {
        return new FunctionObjective(dtype, 2, ExactNewtonTest::saddle);
    }

    /** -x^2 + x^4 / 4 + 2 y^2: at (0.5, 1) the gradient is (-0.875, 4), the Hessian diag(-1.25, 4), the value 1.765625. */
    private static FunctionObjective indefinite() {
        return new FunctionObjective(
                DType.FLOAT64,
                2,
                t -> x(t, 0).square()
                        .square()
                        .mul(0.25)
                        .sub(x(t, 0).square())
                        .add(x(t, 1).square().mul(2))
                        .sum());
    }

    private static double valueOfIndefinite(double x, double y) {
        return -x * x + x * x * x * x / 4 + 2 * y * y;
    }

    @ParameterizedTest
    @EnumSource
    void oneStepSolvesAQuadratic(Indefinite treatment) {
        // x^2 + x y + 2 y^2 - 3 x - 5 y: H = [[2, 1], [1, 4]], minimum at (1, 1) of -4.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64,
                        2,
                        t -> x(t, 0).square()
                                .add(x(t, 0).mul(x(t, 1)))
                                .add(x(t, 1).square().mul(2))
                                .sub(x(t, 0).mul(3))
                                .sub(x(t, 1).mul(5))
                                .sum());
                ExactNewton optimizer = ExactNewton.builder()
                        .indefinite(treatment)
                        .radius(10, 100)
                        .build()) {
            INDArray theta = Points.vector(2, -1);
            StepReport report = optimizer.step(objective, theta);
            assertThat(Arena.toDoubles(theta)).containsExactly(new double[] {1, 1}, within(1e-14));
            assertThat(report.accepted()).isTrue();
            assertThat(report.loss()).isEqualTo(3);
            assertThat(report.lossAfter()).isCloseTo(-4, within(1e-14));
            assertThat(report.gradientNorm()).isCloseTo(Math.sqrt(0 + 49), within(1e-14));
            assertThat(report.stepNorm()).isCloseTo(Math.sqrt(5), within(1e-14));
            assertThat(report.telemetry()).containsEntry("asymmetry", 0.0);
            ModelReport model = report.model().orElseThrow();
            assertThat(model.damping()).isEqualTo(0);
            assertThat(model.ratio()).isCloseTo(1, within(1e-13));
            assertThat(model.iterations()).isEqualTo(1);
            // p = (-1, 2): p'Hp / p'p = 14 / 5; the lowest eigenvalue is 3 - sqrt 2.
            assertThat(model.smallestCurvature())
                    .isCloseTo(
                            treatment == Indefinite.ABSOLUTE_EIGENVALUES ? 3 - Math.sqrt(2) : 14 / 5.0, within(1e-14));
            assertThat(report.reason())
                    .startsWith(treatment == Indefinite.TRUST_REGION ? "INTERIOR" : "POSITIVE_DEFINITE");
        }
    }

    @ParameterizedTest
    @EnumSource
    void errorsAreSquared(Indefinite treatment) {
        INDArray theta = Points.vector(0.1, -0.2, 0.05, 0.15, -0.1, 0.2, -0.05, 0.1);
        try (FunctionObjective objective = ConvergenceOrder.convex(DType.FLOAT64, 8);
                ExactNewton optimizer = optimizer(treatment)) {
            List<Double> errors = ConvergenceOrder.errors(objective, optimizer, theta, new double[8]);
            assertThat(ConvergenceOrder.fitted(errors)).as("%s", errors).isGreaterThan(1.8);
            assertThat(errors).hasSizeLessThan(7);
        }
    }

    /** A step from (0.5, 1), where the Hessian is indefinite. */
    private record FirstStep(StepReport report, INDArray end) {
        static FirstStep of(Indefinite treatment) {
            try (FunctionObjective objective = indefinite();
                    ExactNewton optimizer = optimizer(treatment)) {
                INDArray theta = Points.vector(0.5, 1);
                return new FirstStep(optimizer.step(objective, theta), theta);
            }
        }
    }

    @Test
    void aShiftMakesTheHessianPositiveDefinite() {
        FirstStep step = FirstStep.of(Indefinite.SHIFT);
        StepReport report = step.report;
        // beta = 0.004, tau = 0.004 + 1.25.
        double px = 0.875 / 0.004;
        double py = -4 / 5.254;
        double rate = report.telemetry().get("rate");
        assertThat(Arena.toDoubles(step.end))
                .containsExactly(new double[] {0.5 + rate * px, 1 + rate * py}, within(1e-10));
        assertThat(report.lossAfter())
                .isCloseTo(valueOfIndefinite(0.5 + rate * px, 1 + rate * py), within(1e-10))
                .isLessThan(report.loss());
        assertThat(report.loss()).isEqualTo(1.765625);
        assertThat(report.reason()).startsWith("SHIFTED; accepted at rate " + rate);
        ModelReport model = report.model().orElseThrow();
        assertThat(model.damping()).isCloseTo(1.254, within(1e-14));
        assertThat(model.iterations()).isEqualTo(1);
        assertThat(model.smallestCurvature())
                .isCloseTo((0.004 * px * px + 5.254 * py * py) / (px * px + py * py), within(1e-10));
        double predicted = rate * (-0.875 * px + 4 * py) + rate * rate * (-1.25 * px * px + 4 * py * py) / 2;
        assertThat(model.ratio()).isCloseTo((report.lossAfter() - 1.765625) / predicted, within(1e-10));
    }

    @Test
    void aZeroDiagonalDoesNotHideAnIndefiniteHessian() {
        // x y, with H = [[0, 1], [1, 0]] and beta = 1: the shift 1 leaves it singular, 2 does not.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 2, t -> x(t, 0).mul(x(t, 1)).sum());
                ExactNewton optimizer = optimizer(Indefinite.SHIFT)) {
            StepReport report = optimizer.step(objective, Points.vector(1, 2));
            assertThat(report.accepted()).isTrue();
            assertThat(report.model().orElseThrow().damping()).isEqualTo(2);
            assertThat(report.model().orElseThrow().iterations()).isEqualTo(2);
        }
    }

    @Test
    void absoluteEigenvaluesTurnTheStepAroundAlongNegativeCurvature() {
        FirstStep step = FirstStep.of(Indefinite.ABSOLUTE_EIGENVALUES);
        StepReport report = step.report;
        assertThat(report.telemetry()).containsEntry("rate", 1.0);
        assertThat(Arena.toDoubles(step.end)).containsExactly(new double[] {0.5 + 0.875 / 1.25, 0}, within(1e-14));
        assertThat(report.lossAfter()).isCloseTo(valueOfIndefinite(1.2, 0), within(1e-14));
        assertThat(report.reason()).startsWith("ABSOLUTE_EIGENVALUES; accepted");
        ModelReport model = report.model().orElseThrow();
        assertThat(model.smallestCurvature()).isCloseTo(-1.25, within(1e-14));
        assertThat(model.damping()).isEqualTo(0);
    }

    @Test
    void aStepToTheBoundaryIsReportedWithItsMultiplier() {
        FirstStep step = FirstStep.of(Indefinite.TRUST_REGION);
        StepReport report = step.report;
        assertThat(report.reason()).startsWith("BOUNDARY; accepted at ratio");
        assertThat(report.stepNorm()).isCloseTo(1, within(1e-7));
        assertThat(report.telemetry()).containsEntry("radius", 1.0).containsEntry("radii_tried", 1.0);
        ModelReport model = report.model().orElseThrow();
        double[] end = Arena.toDoubles(step.end);
        double px = end[0] - 0.5;
        double py = end[1] - 1;
        assertThat(px).isCloseTo(0.875 / (model.damping() - 1.25), within(1e-7));
        assertThat(py).isCloseTo(-4 / (model.damping() + 4), within(1e-7));
        assertThat(model.smallestCurvature()).isCloseTo(-1.25, within(1e-14));
        double predicted = -0.875 * px + 4 * py + (-1.25 * px * px + 4 * py * py) / 2;
        assertThat(report.lossAfter()).isCloseTo(valueOfIndefinite(end[0], end[1]), within(1e-14));
        assertThat(model.ratio()).isCloseTo((report.lossAfter() - 1.765625) / predicted, within(1e-12));
    }

    @EachFloatType
    void aTrustRegionLeavesASaddleByItself(DType dtype) {
        try (FunctionObjective objective = saddle(dtype);
                ExactNewton optimizer = optimizer(Indefinite.TRUST_REGION)) {
            INDArray theta = Arena.create(dtype, Shape.of(2));
            assertThat(optimizer.canLeave(objective, theta)).isTrue();
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.reason()).startsWith("HARD_CASE; accepted");
            assertThat(report.gradientNorm()).isEqualTo(0);
            assertThat(report.model().orElseThrow().damping()).isCloseTo(2, within(1e-6));
            for (int i = 0; i < 10; i++) {
                optimizer.step(objective, theta);
            }
            assertThat(Math.abs(theta.getDouble(1))).isCloseTo(Math.sqrt(2), within(1e-6));
            assertThat(optimizer.canLeave(objective, theta)).isFalse();
        }
    }

    @Test
    void aSearchGoesOnFromASaddleOnlyWithATrustRegion() {
        try (ExactNewton optimizer = optimizer(Indefinite.TRUST_REGION)) {
            Minimize.Result found =
                    Minimize.of(ExactNewtonTest::saddle).from(0, 0).with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(found.value()).isCloseTo(-1, within(1e-14));
        }
        try (ExactNewton optimizer = optimizer(Indefinite.ABSOLUTE_EIGENVALUES)) {
            Minimize.Result found =
                    Minimize.of(ExactNewtonTest::saddle).from(0, 0).with(optimizer);
            assertThat(found.steps()).isEqualTo(0);
            assertThat(found.value()).isEqualTo(0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "TRUST_REGION", mode = EnumSource.Mode.EXCLUDE)
    void theOthersStayAtASaddleAndSayWhy(Indefinite treatment) {
        try (FunctionObjective objective = saddle(DType.FLOAT64);
                ExactNewton optimizer = optimizer(treatment)) {
            INDArray theta = Points.vector(0, 0);
            assertThat(optimizer.canLeave(objective, theta)).isFalse();
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.accepted()).isFalse();
            assertThat(report.reason()).contains("rejected: not a descent direction");
            assertThat(report.lossAfter()).isEqualTo(report.loss());
            assertThat(report.stepNorm()).isEqualTo(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void allLeaveTheNeighbourhoodOfASaddle(Indefinite treatment) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            try (FunctionObjective objective = saddle(dtype);
                    ExactNewton optimizer = optimizer(treatment)) {
                INDArray theta = Arena.of(dtype, Shape.of(2), 1e-3, -1e-6);
                for (int i = 0; i < 30; i++) {
                    optimizer.step(objective, theta);
                }
                assertThat(theta.getDouble(0)).isCloseTo(0, within(1e-4));
                assertThat(theta.getDouble(1)).isCloseTo(-Math.sqrt(2), within(1e-4));
            }
        }
    }

    @Test
    void atAMinimumThereIsNothingToLeave() {
        // The Hessian of Powell's singular function is singular at the minimum.
        MghProblem problem = MghProblem.POWELL_SINGULAR;
        try (FunctionObjective objective = problem.objective();
                ExactNewton optimizer = optimizer(Indefinite.TRUST_REGION)) {
            assertThat(optimizer.canLeave(objective, Points.vector(0, 0, 0, 0))).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHessianThatIsNotFiniteRejectsTheStep(Indefinite treatment) {
        // x sqrt x has the slope 0 at 0, and an infinite curvature.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 1, t -> t.pow(1.5).add(t).sum());
                ExactNewton optimizer = optimizer(treatment)) {
            INDArray theta = Points.vector(0);
            for (int i = 0; i < 600; i++) {
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.accepted()).isFalse();
                assertThat(report.reason()).isEqualTo("rejected: the Hessian is not finite");
                assertThat(report.lossAfter()).isEqualTo(0);
            }
            assertThat(optimizer.canLeave(objective, theta)).isFalse();
            assertThat(optimizer.state().numbers()).containsEntry("radius", 1.0);
        }
    }

    @Test
    void aStepOutOfTheDomainIsTriedAgainWithASmallerRadius() {
        // sqrt x + 1 / sqrt x, concave at 9: the boundary of a radius of 40 is far below 0.
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64,
                        1,
                        t -> t.sqrt().add(t.sqrt().reciprocal()).sum());
                ExactNewton optimizer = ExactNewton.builder().radius(40, 1000).build()) {
            INDArray theta = Points.vector(9);
            StepReport first = optimizer.step(objective, theta);
            assertThat(first.accepted()).isTrue();
            assertThat(first.telemetry()).containsEntry("radii_tried", 3.0).containsEntry("radius", 2.5);
            assertThat(theta.getDouble(0)).isCloseTo(6.5, within(1e-12));
            for (int i = 0; i < 15; i++) {
                optimizer.step(objective, theta);
            }
            assertThat(theta.getDouble(0)).isCloseTo(1, within(1e-8));
        }
    }

    @Test
    void whereNoRadiusHelpsTheStepIsRejectedWithAReason() {
        RecordingObjective objective = new RecordingObjective(saddle(DType.FLOAT64));
        objective.distortion = value -> value + 100;
        try (ExactNewton optimizer = optimizer(Indefinite.TRUST_REGION)) {
            INDArray theta = Points.vector(1, 1);
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.accepted()).isFalse();
            assertThat(report.reason()).contains("rejected at ratio");
            assertThat(report.telemetry()).containsEntry("radii_tried", 20.0);
            assertThat(objective.curvatureRows).hasSize(1);
            assertThat(Arena.toDoubles(theta)).containsExactly(1, 1);
        }
    }

    @Test
    void tooManyParametersAreRefusedWithWhatTheyWouldNeed() {
        try (FunctionObjective objective = new FunctionObjective(
                        DType.FLOAT64, 5000, t -> t.square().sum());
                ExactNewton optimizer = ExactNewton.builder().build()) {
            INDArray theta = Arena.create(DType.FLOAT64, Shape.of(5000));
            assertThatThrownBy(() -> optimizer.step(objective, theta))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("n = 5000")
                    .hasMessageContaining("400 MB")
                    .hasMessageContaining("4096")
                    .hasMessageContaining("limit(n)");
        }
        assertThatThrownBy(() -> ExactNewton.builder().limit(16_384)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ExactNewton.builder().radius(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource
    void trainsANet(Indefinite treatment) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            var net = new Sequential(new Linear(2, 6), Activation.tanh(), new Linear(6, 2));
            net.initialize(dtype, 1);
            try (var objective = Moons.classifiedBy(net, dtype, 1e-3);
                    ExactNewton optimizer = optimizer(treatment)) {
                StepReport report = null;
                for (int i = 0; i < 30; i++) {
                    report = optimizer.step(objective, objective.theta());
                    double rounding = dtype == DType.FLOAT32 ? 4 * Math.ulp(1f) : 4 * Math.ulp(1.0);
                    assertThat(report.lossAfter()).isLessThanOrEqualTo(report.loss() * (1 + rounding));
                    assertThat(report.telemetry().get("asymmetry")).isLessThan(dtype == DType.FLOAT32 ? 1e-4 : 1e-13);
                }
                assertThat(report.lossAfter()).as("%s", report).isLessThan(0.15);
            }
        }
    }

    @Test
    void gaussNewtonMatricesNeedNoTreatment() {
        var net = new Sequential(new Linear(2, 6), Activation.tanh(), new Linear(6, 2));
        net.initialize(DType.FLOAT64, 1);
        try (var objective = Moons.classifiedBy(net, DType.FLOAT64, 1e-3);
                ExactNewton optimizer = ExactNewton.builder()
                        .curvature(Curvature.GAUSS_NEWTON)
                        .indefinite(Indefinite.SHIFT)
                        .build()) {
            for (int i = 0; i < 10; i++) {
                StepReport report = optimizer.step(objective, objective.theta());
                assertThat(report.reason()).startsWith("POSITIVE_DEFINITE; accepted");
                assertThat(report.model().orElseThrow().damping()).isEqualTo(0);
            }
        }
    }
}
