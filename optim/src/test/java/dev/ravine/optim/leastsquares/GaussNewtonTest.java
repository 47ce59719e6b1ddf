package dev.ravine.optim.leastsquares;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.problems.ConvergenceOrder;
import dev.ravine.optim.problems.NistProblem;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.RecordingObjective;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class GaussNewtonTest {
    private static GaussNewton optimizer(LeastSquaresSolver solver) {
        return GaussNewton.builder().solver(solver).build();
    }

    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void aLinearProblemIsSolvedInOneStep(LeastSquaresSolver solver) {
        // The line c + d x through (0, 1), (1, 2), (2, 2), (3, 5): c = 0.7, d = 1.2, squares 1.8.
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            double precision = dtype == DType.FLOAT32 ? 1e-5 : 1e-13;
            Tensor x = Tensor.constant(dtype, Shape.of(4), 0, 1, 2, 3);
            Tensor y = Tensor.constant(dtype, Shape.of(4), 1, 2, 2, 5);
            try (ResidualObjective objective = new ResidualObjective(
                            dtype,
                            2,
                            t -> t.slice(0, 0, 1).add(t.slice(0, 1, 2).mul(x)).sub(y));
                    GaussNewton optimizer = optimizer(solver)) {
                INDArray theta = Arena.of(dtype, Shape.of(2), -4, 7);
                StepReport report = optimizer.step(objective, theta);
                assertThat(Arena.toDoubles(theta)).containsExactly(new double[] {0.7, 1.2}, within(precision));
                assertThat(report.lossAfter()).isCloseTo(0.9, within(precision));
                assertThat(report.telemetry()).containsEntry("rate", 1.0);
                assertThat(report.reason())
                        .startsWith(solver == LeastSquaresSolver.QR ? "FULL_RANK" : "POSITIVE_DEFINITE");
                ModelReport model = report.model().orElseThrow();
                assertThat(model.ratio()).isCloseTo(1, within(precision));
                assertThat(model.damping()).isEqualTo(0);
                assertThat(objective.residuals()).isEqualTo(4);
            }
        }
    }

    @Test
    void ofManyMinimisersItTakesTheShortestStep() {
        // Columns of equal norms: x + y = 5 from (1, 0).
        try (ResidualObjective objective = new ResidualObjective(
                        DType.FLOAT64,
                        2,
                        t -> t.slice(0, 0, 1).add(t.slice(0, 1, 2)).sub(5));
                GaussNewton optimizer = GaussNewton.builder().build()) {
            INDArray theta = Points.vector(1, 0);
            StepReport report = optimizer.step(objective, theta);
            assertThat(Arena.toDoubles(theta)).containsExactly(new double[] {3, 2}, within(1e-14));
            assertThat(report.model().orElseThrow().stopped()).isEqualTo(Stop.RANK_DEFICIENT);
            assertThat(report.model().orElseThrow().detail()).isEqualTo("RANK_1");
            assertThat(report.reason()).startsWith("RANK_1; ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void errorsAreSquaredWhereResidualsVanish(LeastSquaresSolver solver) {
        try (ResidualObjective objective = ConvergenceOrder.vanishingResiduals();
                GaussNewton optimizer = optimizer(solver)) {
            List<Double> errors =
                    ConvergenceOrder.errors(objective, optimizer, Points.vector(0.2, -0.15), new double[2]);
            // Conjugate gradients stop at a residual of sqrt ||g|| ||g||, which makes the order 3/2.
            assertThat(ConvergenceOrder.fitted(errors))
                    .as("%s", errors)
                    .isGreaterThan(solver == LeastSquaresSolver.CONJUGATE_GRADIENTS ? 1.4 : 1.8);
        }
    }

    @Test
    void fitsNistsProblemsFromTheNearerStart() {
        for (NistProblem problem : List.of(NistProblem.MISRA1A, NistProblem.HAHN1, NistProblem.THURBER)) {
            try (GaussNewton optimizer = GaussNewton.builder().build()) {
                Minimize.Result found = Minimize.leastSquares(problem::residuals)
                        .from(problem.start2())
                        .with(optimizer);
                assertThat(2 * found.value())
                        .as("%s: %s", problem, found)
                        .isCloseTo(problem.certifiedSquares(), within(1e-10 * problem.certifiedSquares()));
            }
        }
    }

    @Test
    void whereNoRateHelpsItStopsWithAReason() {
        RecordingObjective objective = new RecordingObjective(
                new ResidualObjective(DType.FLOAT64, 2, t -> t.square().add(t)));
        objective.distortion = value -> value + 1000;
        try (GaussNewton optimizer = optimizer(LeastSquaresSolver.NORMAL_EQUATIONS)) {
            INDArray theta = Points.vector(3, -2);
            StepReport report = optimizer.step(objective, theta);
            assertThat(report.accepted()).isFalse();
            assertThat(report.reason()).isEqualTo("POSITIVE_DEFINITE; rejected: no decrease at 60 rates");
            assertThat(report.lossAfter()).isEqualTo(report.loss());
            assertThat(report.model().orElseThrow().ratio()).isNaN();
            assertThat(Arena.toDoubles(theta)).containsExactly(3, -2);
        }
    }

    @Test
    void aSearchWithoutAnEndSaysWhy() {
        // atan x has the only zero at 0, but full steps from 3 go further and further: the line search must shorten
        // them.
        try (GaussNewton optimizer = GaussNewton.builder().build()) {
            Minimize.Result found = Minimize.leastSquares(Tensor::atan).from(3).with(optimizer);
            assertThat(found.x().getDouble(0)).isCloseTo(0, within(1e-10));
        }
        // e^x has its least square at minus infinity; every step is -1.
        try (GaussNewton optimizer = GaussNewton.builder().build()) {
            Minimize.Result found =
                    Minimize.leastSquares(Tensor::exp).from(0).maxSteps(50).with(optimizer);
            assertThat(found.converged()).isFalse();
            assertThat(found.reason()).isEqualTo("the limit of 50 steps");
            assertThat(found.x().getDouble(0)).isCloseTo(-50, within(1e-10));
        }
    }

    /** Of two variables, with a local minimum where the Jacobian is singular. */
    static Tensor freudensteinRoth(Tensor t) {
        Tensor x = t.slice(0, 0, 1);
        Tensor y = t.slice(0, 1, 2);
        return Tensor.concat(
                0,
                x.sub(13).add(y.neg().add(5).mul(y).sub(2).mul(y)),
                x.sub(29).add(y.add(1).mul(y).sub(14).mul(y)));
    }

    @Test
    void ratesThatOnlyRoundingAcceptsAreNoConvergence() {
        for (double[] start : new double[][] {{0.5, -2}, {15, -2}, {0.5, -1.9}}) {
            try (GaussNewton optimizer = GaussNewton.builder().build()) {
                Minimize.Result found = Minimize.leastSquares(GaussNewtonTest::freudensteinRoth)
                        .from(start)
                        .with(optimizer);
                assertThat(found.gradientNorm()).isGreaterThan(50);
                assertThat(found.converged()).as("%s", found).isFalse();
            }
        }
    }

    @Test
    void errorsAndSettings() {
        try (FunctionObjective objective =
                        new FunctionObjective(DType.FLOAT64, 2, t -> t.square().sum());
                GaussNewton optimizer = GaussNewton.builder().build()) {
            assertThatThrownBy(() -> optimizer.step(objective, Points.vector(1, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("QR");
            assertThat(optimizer.name()).isEqualTo("gauss-newton");
        }
        assertThatThrownBy(() -> GaussNewton.builder().limit(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
