package dev.ravine.optim.leastsquares;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.ConvergenceOrder;
import dev.ravine.optim.problems.NistProblem;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Resumed;
import dev.ravine.optim.problems.SineFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LevenbergMarquardtTest {
    private record Fit(NistProblem problem, int start, LeastSquaresSolver solver) {}

    static Stream<Fit> fits() {
        return Arrays.stream(NistProblem.values())
                .flatMap(problem -> Stream.of(1, 2)
                        .flatMap(start -> Stream.of(LeastSquaresSolver.QR, LeastSquaresSolver.NORMAL_EQUATIONS)
                                .map(solver -> new Fit(problem, start, solver))));
    }

    private static LevenbergMarquardt optimizer(LeastSquaresSolver solver) {
        return LevenbergMarquardt.builder().solver(solver).build();
    }

    /**
     * How far a parameter may be from the minimum, relatively. Normal equations square the condition. The condition of
     * Bennett5's Jacobian is 3e8 by itself: if each response is off by two units in the last place, its minimum moves by
     * up to |J+| 2^-51 |y| = 8.3e-12.
     */
    private static double precision(Fit fit) {
        double qr = fit.problem == NistProblem.BENNETT5 ? 8.3e-12 : 3e-12;
        return fit.solver == LeastSquaresSolver.QR ? qr : 2e-11;
    }

    @ParameterizedTest
    @MethodSource("fits")
    void findsTheCertifiedParameters(Fit fit) {
        NistProblem problem = fit.problem;
        double precision = precision(fit);
        try (LevenbergMarquardt optimizer = optimizer(fit.solver)) {
            Minimize.Result found = Minimize.leastSquares(problem::residuals)
                    .from(fit.start == 1 ? problem.start1() : problem.start2())
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(2 * found.value())
                    .isCloseTo(
                            problem.certifiedSquares(),
                            within(problem.squaresPrecision() * problem.certifiedSquares()));
            double[] certified = problem.certified();
            double[] minimum = problem.minimum();
            double[] b = Arena.toDoubles(found.x());
            for (int i = 0; i < b.length; i++) {
                assertThat(b[i]).as("b%d", i + 1).isCloseTo(certified[i], within(6e-11 * Math.abs(certified[i])));
                assertThat(b[i]).as("b%d", i + 1).isCloseTo(minimum[i], within(precision * Math.abs(minimum[i])));
            }
        }
    }

    /** 10 (y - x^2) and 1 - x. */
    private static Tensor rosenbrock(Tensor t) {
        Tensor x = t.slice(0, 0, 1);
        Tensor y = t.slice(0, 1, 2);
        return Tensor.concat(0, y.sub(x.square()).mul(10), x.neg().add(1));
    }

    private static ResidualObjective rosenbrock(DType dtype) {
        return new ResidualObjective(dtype, 2, LevenbergMarquardtTest::rosenbrock);
    }

    private static double half(double x, double y) {
        double r = 10 * (y - x * x);
        return (r * r + (1 - x) * (1 - x)) / 2;
    }

    /** p with (J'J + mu D^2) p = -g for J = [[-20 x, 10], [-1, 0]]. */
    private static double[] damped(double x, double[] g, double mu, double[] d) {
        double a11 = 400 * x * x + 1 + mu * d[0] * d[0];
        double a12 = -200 * x;
        double a22 = 100 + mu * d[1] * d[1];
        double determinant = a11 * a22 - a12 * a12;
        return new double[] {(-g[0] * a22 + g[1] * a12) / determinant, (-g[1] * a11 + g[0] * a12) / determinant};
    }

    private static double length(double[] p, double[] d) {
        return Math.hypot(p[0] * d[0], p[1] * d[1]);
    }

    /** The step within a radius by bisection for mu, and its mu. */
    private static double[] inBall(double x, double[] g, double radius, double[] d) {
        double[] full = damped(x, g, 0, d);
        if (length(full, d) <= radius) {
            return new double[] {full[0], full[1], 0};
        }
        double low = 0;
        double high = 1e6;
        for (int i = 0; i < 200; i++) {
            double middle = (low + high) / 2;
            if (length(damped(x, g, middle, d), d) > radius) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double[] p = damped(x, g, high, d);
        return new double[] {p[0], p[1], high};
    }

    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void theRadiusFollowsTheRatioStepByStep(LeastSquaresSolver solver) {
        double x = -1.2;
        double y = 1;
        double[] d = {0, 0};
        double radius = 0;
        boolean isFirst = true;
        List<Integer> tries = new ArrayList<>();
        try (ResidualObjective objective = rosenbrock(DType.FLOAT64);
                LevenbergMarquardt optimizer = optimizer(solver)) {
            INDArray theta = Points.vector(x, y);
            for (int i = 0; i < 12; i++) {
                double r1 = 10 * (y - x * x);
                double r2 = 1 - x;
                d[0] = Math.max(d[0], Math.hypot(20 * x, 1));
                d[1] = Math.max(d[1], 10);
                radius = i == 0 ? Math.hypot(d[0] * x, d[1] * y) : radius;
                double[] g = {-20 * x * r1 - r2, 10 * r1};
                double before = half(x, y);
                double used;
                double rho;
                double[] p;
                int tried = 0;
                do {
                    tried++;
                    used = radius;
                    p = inBall(x, g, radius, d);
                    double m1 = r1 - 20 * x * p[0] + 10 * p[1];
                    double m2 = r2 - p[0];
                    double change = half(x + p[0], y + p[1]) - before;
                    rho = change / ((m1 * m1 + m2 * m2) / 2 - before);
                    double length = length(p, d);
                    double slope = g[0] * p[0] + g[1] * p[1];
                    radius = isFirst ? Math.min(radius, length) : radius;
                    if (rho <= 0.25) {
                        double factor = change <= 0 ? 0.5 : Math.max(0.1, 0.5 * slope / (slope - change));
                        radius = factor * Math.min(radius, 10 * length);
                    } else if (p[2] == 0 || rho >= 0.75) {
                        radius = Math.max(radius, 2 * length);
                    }
                } while (!(rho > 1e-4));
                isFirst = false;
                x += p[0];
                y += p[1];
                tries.add(tried);

                StepReport report = optimizer.step(objective, theta);
                double precision = p[2] == 0 ? 1e-9 : 2e-3;
                assertThat(Arena.toDoubles(theta))
                        .as("step %d: %s", i + 1, report)
                        .containsExactly(new double[] {x, y}, within(precision));
                assertThat(report.telemetry()).containsEntry("radii_tried", (double) tried);
                assertThat(report.telemetry().get("radius")).isCloseTo(used, within(2e-3 * used));
                assertThat(report.model().orElseThrow().damping()).isCloseTo(p[2], within(2e-3 * p[2]));
                // QR takes steps within 1/10,000 of the radius; from here on both go the same way again.
                theta = Points.vector(x, y);
            }
        }
        assertThat(tries).contains(1).anyMatch(n -> n > 1);
    }

    @Test
    void errorsAreSquaredWhereResidualsVanish() {
        try (ResidualObjective objective = ConvergenceOrder.vanishingResiduals();
                LevenbergMarquardt optimizer = LevenbergMarquardt.builder().build()) {
            List<Double> errors =
                    ConvergenceOrder.errors(objective, optimizer, Points.vector(0.2, -0.15), new double[2]);
            assertThat(ConvergenceOrder.fitted(errors)).as("%s", errors).isGreaterThan(1.8);
        }
    }

    @EachFloatType
    void fitsASmallNetFarBetterThanGradientDescent(DType dtype) {
        DataSet data = SineFit.data(dtype);
        double byLevenbergMarquardt;
        Sequential net = SineFit.net(dtype);
        try (ResidualObjective objective = ResidualObjective.of(net, data);
                LevenbergMarquardt optimizer = LevenbergMarquardt.builder().build()) {
            INDArray theta = net.parameterVector().array();
            double before = Double.POSITIVE_INFINITY;
            for (int i = 0; i < 60; i++) {
                StepReport report = optimizer.step(objective, theta);
                assertThat(report.loss()).isLessThanOrEqualTo(before);
                before = report.lossAfter();
            }
            byLevenbergMarquardt = objective.value(theta, Scope.all());
            // The objective is the mean of half the squared errors of the module itself.
            double[] outputs =
                    Arena.toDoubles(net.apply(Tensor.constant(data.features())).value());
            double[] targets = Arena.toDoubles(data.targets());
            double sum = 0;
            for (int i = 0; i < outputs.length; i++) {
                sum += (outputs[i] - targets[i]) * (outputs[i] - targets[i]) / 2 / outputs.length;
            }
            assertThat(byLevenbergMarquardt).isCloseTo(sum, within(dtype == DType.FLOAT32 ? 1e-9 : 1e-15));
        }
        Sequential other = SineFit.net(dtype);
        try (ResidualObjective objective = ResidualObjective.of(other, data);
                Sgd sgd = Sgd.builder().learningRate(0.1).build()) {
            INDArray theta = other.parameterVector().array();
            for (int i = 0; i < 500; i++) {
                sgd.step(objective, theta);
            }
            double byGradients = objective.value(theta, Scope.all());
            assertThat(byLevenbergMarquardt).isLessThan(1e-3 * byGradients);
        }
    }

    @Test
    void normalEquationsOfSupervisedDataAreThoseOfTheirResiduals() {
        DataSet data = SineFit.data(DType.FLOAT64);
        Sequential net = SineFit.net(DType.FLOAT64);
        Sequential same = SineFit.net(DType.FLOAT64);
        try (ResidualObjective residuals = ResidualObjective.of(net, data);
                SupervisedObjective supervised = SupervisedObjective.of(same, Loss.meanSquaredError(), data);
                LevenbergMarquardt one = optimizer(LeastSquaresSolver.NORMAL_EQUATIONS);
                LevenbergMarquardt other = optimizer(LeastSquaresSolver.NORMAL_EQUATIONS)) {
            INDArray theta = net.parameterVector().array();
            for (int i = 0; i < 5; i++) {
                StepReport expected = one.step(residuals, theta);
                StepReport found = other.step(supervised, supervised.theta());
                assertThat(found.loss()).isCloseTo(2 * expected.loss(), within(1e-6 * expected.loss()));
                assertThat(found.stepNorm()).isCloseTo(expected.stepNorm(), within(1e-6));
            }
            assertThat(Points.relativeDistance(Arena.toDoubles(supervised.theta()), Arena.toDoubles(theta)))
                    .isLessThan(1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NORMAL_EQUATIONS", "CONJUGATE_GRADIENTS"})
    void trainsOnSupervisedDataWithoutAJacobian(LeastSquaresSolver solver) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            try (SupervisedObjective objective = SupervisedObjective.builder(
                                    SineFit.net(dtype), Loss.meanSquaredError(), SineFit.data(dtype))
                            .l2(1e-6)
                            .build();
                    LevenbergMarquardt optimizer = optimizer(solver)) {
                double first = objective.value(objective.theta(), Scope.all());
                StepReport report = null;
                for (int i = 0; i < 80; i++) {
                    report = optimizer.step(objective, objective.theta());
                    assertThat(report.lossAfter()).isLessThanOrEqualTo(report.loss() * (1 + 1e-6));
                }
                assertThat(report.lossAfter()).as("%s of %s", report, first).isLessThan(1e-2 * first);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void goesOnBitForBitWithItsRadiusAndScales(LeastSquaresSolver solver) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            for (int steps : new int[] {0, 1, 4}) {
                INDArray theta = Arena.of(dtype, Shape.of(2), -1.2, 1);
                try (ResidualObjective objective = rosenbrock(dtype);
                        LevenbergMarquardt optimizer = optimizer(solver);
                        LevenbergMarquardt other = optimizer(solver)) {
                    INDArray elsewhere = Arena.of(dtype, Shape.of(2), 30, 1);
                    other.step(objective, elsewhere);
                    Resumed.goesOnBitForBit(objective, theta, optimizer, other, steps, 6);
                    assertThat(other.radius()).isEqualTo(optimizer.radius());
                }
            }
        }
    }

    @Test
    void theUnitsOfParametersDoNotMatter() {
        // The second parameter in millionths.
        try (ResidualObjective plain = rosenbrock(DType.FLOAT64);
                ResidualObjective scaled = new ResidualObjective(
                        DType.FLOAT64,
                        2,
                        t -> rosenbrock(t.mul(Tensor.constant(DType.FLOAT64, Shape.of(2), 1, 1e-6))));
                LevenbergMarquardt one = LevenbergMarquardt.builder().build();
                LevenbergMarquardt other = LevenbergMarquardt.builder().build()) {
            INDArray theta = Points.vector(-1.2, 1);
            INDArray millionths = Points.vector(-1.2, 1e6);
            for (int i = 0; i < 10; i++) {
                one.step(plain, theta);
                other.step(scaled, millionths);
                assertThat(millionths.getDouble(0)).isCloseTo(theta.getDouble(0), within(1e-8));
                assertThat(millionths.getDouble(1) * 1e-6).isCloseTo(theta.getDouble(1), within(1e-8));
            }
        }
    }

    @Test
    void withoutScalingDampingIsTheSameForAll() {
        try (ResidualObjective objective = rosenbrock(DType.FLOAT64);
                LevenbergMarquardt optimizer =
                        LevenbergMarquardt.builder().scaled(false).radius(0.1).build()) {
            INDArray theta = Points.vector(2, 1);
            StepReport report = optimizer.step(objective, theta);
            // J = [[-40, 10], [-1, 0]], r = (-30, -1), g = (1201, -300); ||p|| is 0.1 sqrt 5.
            double[] p = inBall(2, new double[] {1201, -300}, 0.1 * Math.sqrt(5), new double[] {1, 1});
            assertThat(p[2]).isPositive();
            assertThat(Arena.toDoubles(theta)).containsExactly(new double[] {2 + p[0], 1 + p[1]}, within(1e-4));
            assertThat(report.stepNorm()).isCloseTo(0.1 * Math.sqrt(5), within(1e-4));
        }
    }

    @ParameterizedTest
    @EnumSource
    void dependentColumnsAndAnIdleParameterDoNoHarm(LeastSquaresSolver solver) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            try (ResidualObjective objective = new ResidualObjective(dtype, 3, t -> {
                        Tensor sum = t.slice(0, 0, 1).add(t.slice(0, 1, 2));
                        return Tensor.concat(
                                0, sum.sub(3), sum.mul(2).sub(6), sum.square().sub(9));
                    });
                    LevenbergMarquardt optimizer = optimizer(solver)) {
                INDArray theta = Arena.of(dtype, Shape.of(3), 5, -1, 42);
                for (int i = 0; i < 30; i++) {
                    optimizer.step(objective, theta);
                }
                double[] found = Arena.toDoubles(theta);
                assertThat(found[0] + found[1]).isCloseTo(3, within(dtype == DType.FLOAT32 ? 1e-5 : 1e-12));
                assertThat(found[0] - found[1]).isCloseTo(6, within(1e-3));
                assertThat(found[2]).isEqualTo(42);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void moreParametersThanResidualsAreSolvedToo(LeastSquaresSolver solver) {
        try (ResidualObjective objective = new ResidualObjective(
                        DType.FLOAT64, 4, t -> t.square().sumKeeping().sub(1));
                LevenbergMarquardt optimizer = optimizer(solver)) {
            INDArray theta = Points.vector(3, 1, -2, 0.5);
            for (int i = 0; i < 40; i++) {
                optimizer.step(objective, theta);
            }
            assertThat(Vectors.norm(theta)).isCloseTo(1, within(1e-10));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void aJacobianThatIsNotFiniteRejectsTheStepAndTheStateCanBeRestored(LeastSquaresSolver solver) {
        // Four equal slopes of 1e308 have an infinite norm; the residuals are 0.
        try (ResidualObjective objective = new ResidualObjective(DType.FLOAT64, 1, t -> {
                    Tensor steep = t.mul(1e308);
                    return Tensor.concat(0, steep, steep, steep, steep);
                });
                LevenbergMarquardt optimizer = optimizer(solver);
                LevenbergMarquardt other = optimizer(solver)) {
            INDArray theta = Points.vector(0);
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.accepted()).isFalse();
            assertThat(report.reason()).isEqualTo("rejected: the Jacobian is not finite");
            assertThat(report.lossAfter()).isEqualTo(0);
            other.restore(optimizer.state());
            assertThat(other.step(objective, theta).step()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void nistsProblemsTakeFewStepsAndEvaluations(LeastSquaresSolver solver) {
        List<Integer> steps = new ArrayList<>();
        List<Long> evaluations = new ArrayList<>();
        for (NistProblem problem : NistProblem.values()) {
            for (double[] start : new double[][] {problem.start1(), problem.start2()}) {
                try (LevenbergMarquardt optimizer = optimizer(solver)) {
                    Minimize.Result found = Minimize.leastSquares(problem::residuals)
                            .from(start)
                            .with(optimizer);
                    steps.add(found.steps());
                    evaluations.add(
                            found.evaluations().values() + found.evaluations().gradients());
                }
            }
        }
        // MINPACK, by SciPy 1.17's leastsq with ftol = xtol = 1e-15 and the Jacobian given, makes 11.5 steps, each with
        // a
        // Jacobian, and 17.5 evaluations of the residuals in the median of these runs, and ends at 6.5 digits and more.
        assertThat(median(steps)).as("%s", steps).isLessThanOrEqualTo(1.5 * 11.5);
        assertThat(median(evaluations)).as("%s", evaluations).isLessThanOrEqualTo(1.5 * 17.5);
    }

    private static double median(List<? extends Number> counts) {
        double[] sorted =
                counts.stream().mapToDouble(Number::doubleValue).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void aLinearProblemEndsSoonAfterItIsSolved(LeastSquaresSolver solver) {
        for (int n : new int[] {1, 3, 10}) {
            Tensor matrix = Tensor.constant(Points.random(DType.FLOAT64, (2L * n + 1) * n, n))
                    .reshape(2L * n + 1, n);
            Tensor right = Tensor.constant(Points.random(DType.FLOAT64, 2L * n + 1, 100 + n))
                    .reshape(2L * n + 1, 1);
            try (LevenbergMarquardt optimizer = optimizer(solver)) {
                Minimize.Result found = Minimize.leastSquares(
                                t -> matrix.matmul(t.reshape(n, 1)).sub(right))
                        .from(new double[n])
                        .with(optimizer);
                assertThat(found.converged()).as("n = %d: %s", n, found).isTrue();
                assertThat(found.steps()).isLessThan(25);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void parametersOfVeryDifferentSizesAreFound(LeastSquaresSolver solver) {
        for (double unit : new double[] {1e-8, 1e-5, 1e4}) {
            try (LevenbergMarquardt optimizer = optimizer(solver)) {
                Minimize.Result found = Minimize.leastSquares(t -> Tensor.concat(
                                0,
                                t.slice(0, 0, 1).sub(1 / unit).mul(unit),
                                t.slice(0, 1, 2).sub(unit).mul(1 / unit)))
                        .from(0, 0)
                        .with(optimizer);
                assertThat(found.value()).as("%s %s: %s", solver, unit, found).isLessThan(1e-28);
                assertThat(found.converged()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void aMinimumWithASingularJacobianIsFoundToRounding(LeastSquaresSolver solver) {
        // Freudenstein and Roth's local minimum: f = 24.4921... at (11.41277..., -0.896805...).
        for (double[] start : new double[][] {{0.5, -2}, {15, -2}}) {
            try (LevenbergMarquardt optimizer = optimizer(solver)) {
                Minimize.Result found = Minimize.leastSquares(GaussNewtonTest::freudensteinRoth)
                        .from(start)
                        .with(optimizer);
                assertThat(found.converged()).as("%s", found).isTrue();
                assertThat(2 * found.value()).isCloseTo(48.98425367924, within(1e-10));
                assertThat(found.gradientNorm()).isLessThan(1e-12);
                assertThat(found.steps()).isLessThan(60);
            }
        }
    }

    @Test
    void theDefaultSolverSuitsTheObjective() {
        try (SupervisedObjective net = SupervisedObjective.of(
                        SineFit.net(DType.FLOAT64), Loss.meanSquaredError(), SineFit.data(DType.FLOAT64));
                ResidualObjective residuals = rosenbrock(DType.FLOAT64);
                LevenbergMarquardt optimizer = LevenbergMarquardt.builder().build()) {
            assertThat(LeastSquaresSolver.of(net, 4096)).isEqualTo(LeastSquaresSolver.NORMAL_EQUATIONS);
            assertThat(LeastSquaresSolver.of(net, 24)).isEqualTo(LeastSquaresSolver.CONJUGATE_GRADIENTS);
            assertThat(LeastSquaresSolver.of(residuals, 2)).isEqualTo(LeastSquaresSolver.QR);
            assertThat(LeastSquaresSolver.of(residuals, 1)).isEqualTo(LeastSquaresSolver.CONJUGATE_GRADIENTS);
            assertThat(optimizer.step(net, net.theta()).accepted()).isTrue();
        }
    }

    @Test
    void errorsAndSettings() {
        try (SupervisedObjective objective = SupervisedObjective.of(
                        SineFit.net(DType.FLOAT64), Loss.meanSquaredError(), SineFit.data(DType.FLOAT64));
                LevenbergMarquardt qr = optimizer(LeastSquaresSolver.QR);
                LevenbergMarquardt limited = LevenbergMarquardt.builder()
                        .solver(LeastSquaresSolver.NORMAL_EQUATIONS)
                        .limit(24)
                        .build()) {
            assertThatThrownBy(() -> qr.step(objective, objective.theta()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("found SupervisedObjective");
            assertThatThrownBy(() -> limited.step(objective, objective.theta()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("n = 25")
                    .hasMessageContaining("n = 24");
            assertThat(qr.name()).isEqualTo("lm(radius=1.0)");
        }
        assertThatThrownBy(() -> LevenbergMarquardt.builder().radius(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("radius");
        assertThatThrownBy(() -> LevenbergMarquardt.builder().limit(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
