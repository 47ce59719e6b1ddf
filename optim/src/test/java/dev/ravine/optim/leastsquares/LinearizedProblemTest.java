package dev.ravine.optim.leastsquares;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.secondorder.Point;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Linear residuals A theta - b, whose damped solution is computed by elimination in plain Java. */
class LinearizedProblemTest {
    private static final int M = 12;
    private static final int N = 5;

    private final double[] a = Arena.toDoubles(Points.random(DType.FLOAT64, M * N, 1));
    private final double[] b = Arena.toDoubles(Points.random(DType.FLOAT64, M, 2));
    private final INDArray theta = Points.random(DType.FLOAT64, N, 3);

    private ResidualObjective objective(double scale) {
        Tensor matrix = Tensor.constant(DType.FLOAT64, Shape.of(M, N), a).mul(scale);
        Tensor right = Tensor.constant(DType.FLOAT64, Shape.of(M, 1), b).mul(scale);
        return new ResidualObjective(
                DType.FLOAT64, N, t -> matrix.matmul(t.reshape(N, 1)).sub(right));
    }

    private Point at(Objective objective) {
        INDArray gradient = Points.zeros(theta);
        double loss = objective.gradient(theta, Scope.all(), gradient);
        return new Point(
                0,
                objective,
                theta,
                Scope.all(),
                Scope.all(),
                loss,
                gradient,
                DenseMatrix.norm(Arena.toDoubles(gradient)));
    }

    private double[] residuals(double[] x) {
        double[] r = new double[M];
        for (int k = 0; k < M; k++) {
            r[k] = -b[k];
            for (int i = 0; i < N; i++) {
                r[k] += a[k * N + i] * x[i];
            }
        }
        return r;
    }

    private double column(int i, int j) {
        double sum = 0;
        for (int k = 0; k < M; k++) {
            sum += a[k * N + i] * a[k * N + j];
        }
        return sum;
    }

    /** (A'A + mu D^2) p = -A'r, by elimination with pivots. */
    private double[] expected(double mu, double[] scales) {
        double[] r = residuals(Arena.toDoubles(theta));
        double[][] rows = new double[N][N + 1];
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                rows[i][j] = column(i, j) + (i == j ? mu * scales[i] * scales[i] : 0);
            }
            for (int k = 0; k < M; k++) {
                rows[i][N] -= a[k * N + i] * r[k];
            }
        }
        for (int i = 0; i < N; i++) {
            int from = i;
            Arrays.sort(rows, from, N, (x, y) -> Double.compare(Math.abs(y[from]), Math.abs(x[from])));
            for (int k = 0; k < N; k++) {
                if (k != i) {
                    double factor = rows[k][i] / rows[i][i];
                    for (int j = i; j <= N; j++) {
                        rows[k][j] -= factor * rows[i][j];
                    }
                }
            }
        }
        double[] p = new double[N];
        for (int i = 0; i < N; i++) {
            p[i] = rows[i][N] / rows[i][i];
        }
        return p;
    }

    private double changeOfModel(double[] p) {
        double[] x = Arena.toDoubles(theta);
        double[] before = residuals(x);
        for (int i = 0; i < N; i++) {
            x[i] += p[i];
        }
        double[] after = residuals(x);
        return (DenseMatrix.dot(after, after) - DenseMatrix.dot(before, before)) / 2;
    }

    private double curvature(double[] p, double mu, double[] scales) {
        double sum = 0;
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                sum += p[i] * column(i, j) * p[j];
            }
            sum += mu * scales[i] * scales[i] * p[i] * p[i];
        }
        return sum / DenseMatrix.dot(p, p);
    }

    private static double length(double[] p, double[] scales) {
        double[] scaled = new double[p.length];
        Arrays.setAll(scaled, i -> p[i] * scales[i]);
        return DenseMatrix.norm(scaled);
    }

    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void solutionsAreThoseOfElimination(LeastSquaresSolver solver) {
        double[] scales = {1, 0.5, 3, 10, 1e-3};
        INDArray step = Points.zeros(theta);
        try (ResidualObjective objective = objective(1);
                LinearizedProblem problem = solver.problem(objective, N)) {
            double[] norms = problem.moveTo(at(objective));
            for (int i = 0; i < N; i++) {
                assertThat(norms[i]).isCloseTo(Math.sqrt(column(i, i)), within(1e-14));
            }
            for (double mu : new double[] {0, 0.01, 0.1, 7, 1e5}) {
                double[] exact = expected(mu, scales);
                double radius = mu == 0 ? LinearizedProblem.UNBOUNDED : length(exact, scales);
                LinearizedProblem.Solution found = problem.solve(radius, scales, step);
                double[] p = Arena.toDoubles(step);
                // The radius is met to 1e-4, and then mu is what makes the step a solution.
                assertThat(length(p, scales)).isCloseTo(length(exact, scales), within(1.1e-4 * length(exact, scales)));
                assertThat(Points.relativeDistance(p, expected(found.damping(), scales)))
                        .isLessThan(1e-12);
                assertThat(found.damping()).isCloseTo(mu, within(0.01 * mu));
                assertThat(found.isFull()).isEqualTo(mu == 0);
                double change = changeOfModel(p);
                assertThat(found.predicted()).isCloseTo(change, within(1e-11 * Math.abs(change)));
                assertThat(problem.predictedChange(step)).isCloseTo(change, within(1e-11 * Math.abs(change)));
                double met = curvature(p, found.damping(), scales);
                assertThat(found.smallestCurvature()).isCloseTo(met, within(1e-12 * met));
            }
            problem.leave();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void aParameterWithAnInfiniteScaleIsHeld(LeastSquaresSolver solver) {
        double[] held = {1, Double.POSITIVE_INFINITY, 3, 10, 1};
        INDArray step = Points.zeros(theta);
        try (ResidualObjective objective = objective(1);
                LinearizedProblem problem = solver.problem(objective, N)) {
            problem.moveTo(at(objective));
            for (double radius : new double[] {LinearizedProblem.UNBOUNDED, 0.5}) {
                LinearizedProblem.Solution found = problem.solve(radius, held, step);
                double[] p = Arena.toDoubles(step);
                assertThat(p[1]).isEqualTo(0);
                // A huge scale holds it as well, but for rounding.
                double[] nearly = {1, 1e9, 3, 10, 1};
                assertThat(Points.relativeDistance(p, expected(Math.max(found.damping(), 0), nearly)))
                        .isLessThan(radius == 0.5 ? 1e-8 : 10);
                if (radius == 0.5) {
                    assertThat(found.isFull()).isFalse();
                }
            }
            problem.leave();
        }
    }

    @Test
    void conjugateGradientsAgreeWithinTheBall() {
        // Small residuals make a small gradient, and so a close solution.
        double[] scales = {2, 2, 2, 2, 2};
        INDArray step = Points.zeros(theta);
        double small = 1e-5;
        try (ResidualObjective objective = objective(small);
                LinearizedProblem problem = LeastSquaresSolver.CONJUGATE_GRADIENTS.problem(objective, 1)) {
            assertThat(problem.moveTo(at(objective))).containsOnly(1);
            double[] exact = expected(0, scales);
            LinearizedProblem.Solution found = problem.solve(2.1 * DenseMatrix.norm(exact), scales, step);
            assertThat(Points.relativeDistance(Arena.toDoubles(step), exact)).isLessThan(1e-3);
            assertThat(found.stopped()).isEqualTo(Stop.TOLERANCE);
            assertThat(found.damping()).isEqualTo(0);
            assertThat(found.iterations()).isBetween(1, N);
            double change = small * small * changeOfModel(Arena.toDoubles(step));
            assertThat(found.predicted()).isCloseTo(change, within(1e-11 * Math.abs(change)));

            LinearizedProblem.Solution short1 = problem.solve(DenseMatrix.norm(exact), scales, step);
            assertThat(short1.isFull()).isFalse();
            assertThat(short1.damping()).isNaN();
            assertThat(DenseMatrix.norm(Arena.toDoubles(step))).isCloseTo(DenseMatrix.norm(exact) / 2, within(1e-12));
            problem.leave();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aZeroGradientMakesAZeroStepThatMetNoCurvature(LeastSquaresSolver solver) {
        INDArray step = Points.random(DType.FLOAT64, 2, 1);
        try (ResidualObjective objective = new ResidualObjective(DType.FLOAT64, 2, t -> t.sub(1));
                LinearizedProblem problem = solver.problem(objective, 2)) {
            INDArray ones = Points.vector(1, 1);
            problem.moveTo(new Point(0, objective, ones, Scope.all(), Scope.all(), 0, Points.vector(0, 0), 0));
            LinearizedProblem.Solution found = problem.solve(1, new double[] {1, 1}, step);
            assertThat(DenseMatrix.norm(Arena.toDoubles(step))).isEqualTo(0);
            assertThat(found.predicted()).isEqualTo(0);
            assertThat(found.smallestCurvature()).isEqualTo(Double.POSITIVE_INFINITY);
            problem.leave();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e6, 1e-6})
    void dependentColumnsAreSeenWhateverTheirScale(double unit) {
        // r = x + 2 unit y - 5, and z, which no residual depends on.
        try (ResidualObjective objective = new ResidualObjective(
                DType.FLOAT64,
                3,
                t -> t.slice(0, 0, 1).add(t.slice(0, 1, 2).mul(2 * unit)).sub(5))) {
            INDArray origin = Points.vector(0, 0, 0);
            INDArray gradient = Points.zeros(origin);
            objective.gradient(origin, Scope.all(), gradient);
            var at = new Point(
                    0,
                    objective,
                    origin,
                    Scope.all(),
                    Scope.all(),
                    12.5,
                    gradient,
                    DenseMatrix.norm(Arena.toDoubles(gradient)));
            INDArray step = Points.zeros(origin);
            double[] scales = {1, 2 * unit, 1};
            try (LinearizedProblem qr = LeastSquaresSolver.QR.problem(objective, 3);
                    LinearizedProblem normal = LeastSquaresSolver.NORMAL_EQUATIONS.problem(objective, 3)) {
                assertThat(qr.moveTo(at)).containsExactly(new double[] {1, 2 * unit, 0}, within(1e-15 * unit));
                LinearizedProblem.Solution found = qr.solve(LinearizedProblem.UNBOUNDED, scales, step);
                assertThat(found.stopped()).isEqualTo(Stop.RANK_DEFICIENT);
                assertThat(found.detail()).isEqualTo("RANK_1");
                // The shortest D p with (1, 1, 0) D p = 5.
                assertThat(step.getDouble(0)).isCloseTo(2.5, within(1e-14));
                assertThat(step.getDouble(1)).isCloseTo(1.25 / unit, within(1e-14 / unit));
                assertThat(step.getDouble(2)).isEqualTo(0);
                assertThat(qr.solve(0.1, scales, step).stopped()).isEqualTo(Stop.BOUNDARY);

                normal.moveTo(at);
                LinearizedProblem.Solution raised = normal.solve(LinearizedProblem.UNBOUNDED, scales, step);
                assertThat(raised.stopped()).isEqualTo(Stop.RAISED_DAMPING);
                assertThat(raised.damping()).isBetween(1e-16, 1e-12);
                assertThat(raised.iterations()).isGreaterThan(1);
                // Which of the minimisers, the rounding of J'J decides.
                assertThat(step.getDouble(0) + 2 * unit * step.getDouble(1)).isCloseTo(5, within(1e-10));
                assertThat(step.getDouble(2)).isEqualTo(0);
            }
        }
    }

    @Test
    void whatTheSolverNeedsIsSaid() {
        try (FunctionObjective plain =
                        new FunctionObjective(DType.FLOAT64, 3, t -> t.square().sum());
                ResidualObjective squares = objective(1)) {
            assertThatThrownBy(() -> LeastSquaresSolver.QR.problem(plain, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ResidualObjective")
                    .hasMessageContaining("found FunctionObjective")
                    .hasMessageContaining("NORMAL_EQUATIONS or CONJUGATE_GRADIENTS");
            for (LeastSquaresSolver solver :
                    new LeastSquaresSolver[] {LeastSquaresSolver.QR, LeastSquaresSolver.NORMAL_EQUATIONS}) {
                assertThatThrownBy(() -> solver.problem(squares, 4))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(solver + " with n = 5")
                        .hasMessageContaining("the limit is n = 4")
                        .hasMessageContaining("CONJUGATE_GRADIENTS");
            }
        }
    }
}
