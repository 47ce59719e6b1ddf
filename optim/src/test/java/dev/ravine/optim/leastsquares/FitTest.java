package dev.ravine.optim.leastsquares;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Residuals;
import dev.ravine.optim.objective.RobustLoss;
import dev.ravine.optim.problems.NistProblem;
import dev.ravine.optim.problems.Points;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights, robust losses, bounds and uncertainty, beside figures of NIST and of SciPy 1.17. */
class FitTest {
    private static final double[] SIGMA = {.1, .1, .2, .1, .4, .1, .2, .1, .3, .1};

    /** y - b1 e^(-b2 x) for ten points, two of them outliers. */
    private static Tensor decay(Tensor b) {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(10), 0, .5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5);
        Tensor y = Tensor.constant(DType.FLOAT64, Shape.of(10), 2.1, 1.7, 1.25, 1, 3, .62, .41, .4, -1, .25);
        return y.sub(b.slice(0, 0, 1).mul(x.mul(b.slice(0, 1, 2)).neg().exp()));
    }

    private static Residuals weighted() {
        return Residuals.of(FitTest::decay).sigma(SIGMA);
    }

    /** A loss, and what least_squares finds with it. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Robust(RobustLoss loss, double[] x, double cost) {}

    static Stream<Robust> losses() {
        return Stream.of(
                new Robust(
                        RobustLoss.huber(1), new double[] {2.1203434482570076, 0.48989839424072523}, 9.091324767108352),
                new Robust(
                        RobustLoss.huber(0.3),
                        new double[] {2.111158432729926, 0.48816093300012176},
                        3.099938505320348),
                new Robust(
                        RobustLoss.softL1(1),
                        new double[] {2.1192811251041834, 0.48961580351070977},
                        8.288573587771939),
                new Robust(
                        RobustLoss.softL1(0.3),
                        new double[] {2.110066935369951, 0.4877543452938454},
                        2.977085519494648),
                new Robust(
                        RobustLoss.cauchy(1),
                        new double[] {2.1152702101533434, 0.48890672166978855},
                        3.4514550199519536),
                new Robust(
                        RobustLoss.cauchy(0.3),
                        new double[] {2.1018591599032677, 0.4866255347607335},
                        0.6586635738557555));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void robustLossesAreThoseOfSciPy(Robust expected) {
        try (LevenbergMarquardt optimizer = LevenbergMarquardt.builder().build()) {
            Minimize.Result found = Minimize.leastSquares(weighted().loss(expected.loss))
                    .from(1, 1)
                    .with(optimizer);
            assertThat(found.converged()).as("%s: %s", expected.loss, found).isTrue();
            assertThat(found.value()).isCloseTo(expected.cost, within(1e-12 * expected.cost));
            assertThat(Arena.toDoubles(found.x())).containsExactly(expected.x, within(1e-7));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void robustResidualsAreFiniteAndSmoothAtZeroAndFarAway(Robust expected) {
        for (double r : new double[] {0, 1e-200, -1e-9, 1e200, -1e30}) {
            try (ResidualObjective objective = new ResidualObjective(DType.FLOAT64, 1, expected.loss::transform)) {
                var values = Points.zeros(Points.vector(0));
                var columns = Arena.create(DType.FLOAT64, Shape.of(1, 1));
                objective.jacobian(Points.vector(r), values, columns);
                double value = values.getDouble(0);
                assertThat(value).as("%s at %s", expected.loss, r).isFinite();
                assertThat(columns.getDouble(0)).isFinite();
                if (Math.abs(r) < 1e-3) {
                    assertThat(value).isCloseTo(r, within(1e-14 * Math.abs(r)));
                    assertThat(r == 0 ? 1 : columns.getDouble(0)).isCloseTo(1, within(1e-12));
                }
            }
        }
    }

    @Test
    void weightsAndCovarianceAreThoseOfCurveFit() {
        try (LevenbergMarquardt optimizer = LevenbergMarquardt.builder().build();
                ResidualObjective objective = new ResidualObjective(DType.FLOAT64, 2, weighted())) {
            Minimize.Result found = Minimize.leastSquares(weighted()).from(1, 1).with(optimizer);
            assertThat(Arena.toDoubles(found.x()))
                    .containsExactly(new double[] {2.1305401121, 0.4877976912}, within(1e-8));
            FitUncertainty estimated = FitUncertainty.estimated(objective, found.x());
            double[][] covariance = estimated.covariance();
            assertThat(covariance[0]).containsExactly(new double[] {0.0434793076, 0.0113800894}, within(1e-7));
            assertThat(covariance[1]).containsExactly(new double[] {0.0113800894, 0.0092991686}, within(1e-7));
            assertThat(estimated.degreesOfFreedom()).isEqualTo(8);
            assertThat(estimated.residualDeviation()).isCloseTo(Math.sqrt(2 * found.value() / 8), within(1e-12));
            double[][] known = FitUncertainty.known(objective, found.x()).covariance();
            assertThat(known[0]).containsExactly(new double[] {0.0070168971, 0.0018365729}, within(1e-8));
            assertThat(known[1]).containsExactly(new double[] {0.0018365729, 0.0015007439}, within(1e-8));
        }
    }

    @ParameterizedTest
    @EnumSource
    void standardErrorsAreThoseThatNistCertifies(NistProblem problem) {
        double[] certified = problem.certified();
        // Where the sum of squares is of rounding, so are the errors that follow from it; those of the flattest valley
        // are certified with seven digits.
        double precision = problem == NistProblem.BENNETT5 ? 1e-6 : Math.max(1e-8, problem.squaresPrecision());
        try (LevenbergMarquardt optimizer = LevenbergMarquardt.builder().build();
                ResidualObjective objective =
                        new ResidualObjective(DType.FLOAT64, certified.length, problem::residuals)) {
            Minimize.Result found = Minimize.leastSquares(problem::residuals)
                    .from(problem.start2())
                    .with(optimizer);
            FitUncertainty uncertainty = FitUncertainty.estimated(objective, found.x());
            double[] errors = uncertainty.standardErrors();
            for (int i = 0; i < errors.length; i++) {
                assertThat(errors[i])
                        .as("b%d", i + 1)
                        .isCloseTo(problem.deviations()[i], within(precision * problem.deviations()[i]));
            }
            int degrees = problem.observations() - certified.length;
            double deviation = Math.sqrt(problem.certifiedSquares() / degrees);
            assertThat(uncertainty.residualDeviation())
                    .isCloseTo(deviation, within(problem.squaresPrecision() * deviation));
        }
    }

    @Test
    void whatResidualsDoNotDetermineIsInfinite() {
        // Only x + y and z are determined; x - y and w are free.
        try (ResidualObjective objective = new ResidualObjective(DType.FLOAT64, 4, t -> {
            Tensor sum = t.slice(0, 0, 1).add(t.slice(0, 1, 2));
            Tensor z = t.slice(0, 2, 3);
            return Tensor.concat(0, sum, z.mul(2), sum.sub(3), z, sum);
        })) {
            FitUncertainty known = FitUncertainty.known(objective, Points.vector(1, 2, 3, 4));
            double infinite = Double.POSITIVE_INFINITY;
            assertThat(known.standardErrors())
                    .containsExactly(new double[] {infinite, infinite, 1 / Math.sqrt(5), infinite}, within(1e-14));
        }
        try (ResidualObjective objective = new ResidualObjective(DType.FLOAT64, 2, t -> t.sub(1))) {
            assertThatThrownBy(() -> FitUncertainty.estimated(objective, Points.vector(1, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("found 2 residuals and 2 parameters")
                    .hasMessageContaining("FitUncertainty.known");
        }
    }

    /** Bounds, a start, and what least_squares finds between them. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Between(double[] lower, double[] upper, double[] start, double[] x) {}

    static Stream<Between> boxes() {
        double none = Double.POSITIVE_INFINITY;
        return Stream.of(
                new Between(
                        new double[] {0, 0.8}, new double[] {5, 2}, new double[] {1, 1}, new double[] {2.37248049, 0.8
                        }),
                new Between(
                        new double[] {0, 0}, new double[] {1.5, 3}, new double[] {1, 1}, new double[] {1.5, 0.32833744
                        }),
                new Between(new double[] {0, 0.9}, new double[] {1.6, 2}, new double[] {1, 1}, new double[] {1.6, 0.9}),
                new Between(new double[] {-none, -none}, new double[] {none, 0.5}, new double[] {1, 0.4}, new double[] {
                    2.13054011, 0.48779769
                }));
    }

    @ParameterizedTest
    @MethodSource("boxes")
    void boundsAreKeptAndSolutionsAreThoseOfSciPy(Between box) {
        for (LeastSquaresSolver solver :
                new LeastSquaresSolver[] {LeastSquaresSolver.QR, LeastSquaresSolver.NORMAL_EQUATIONS}) {
            try (LevenbergMarquardt optimizer = LevenbergMarquardt.builder()
                    .solver(solver)
                    .bounds(box.lower, box.upper)
                    .build()) {
                Minimize.Result found = Minimize.leastSquares(weighted())
                        .from(box.start)
                        .callback((x, step) -> {
                            for (int i = 0; i < 2; i++) {
                                assertThat(x.getDouble(i)).isBetween(box.lower[i], box.upper[i]);
                            }
                            return true;
                        })
                        .with(optimizer);
                assertThat(found.converged()).as("%s: %s", solver, found).isTrue();
                assertThat(Arena.toDoubles(found.x())).containsExactly(box.x, within(1e-7));
            }
        }
    }

    @Test
    void wrongSettingsAreErrors() {
        assertThatThrownBy(() -> RobustLoss.huber(0)).hasMessageContaining("the scale of a robust loss");
        assertThatThrownBy(() -> weighted().sigma(1, -1)).hasMessageContaining("standard deviation 1");
        assertThatThrownBy(() -> weighted().sigma(1, 2).apply(Tensor.variable("b", Points.vector(1, 1))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("there are 10 residuals")
                .hasMessageContaining("2 standard deviations");
        assertThatThrownBy(() -> LevenbergMarquardt.builder().bounds(new double[1], new double[2]))
                .hasMessageContaining("found 1 lower and 2 upper");
        assertThatThrownBy(() -> LevenbergMarquardt.builder().bounds(new double[] {0, 3}, new double[] {1, 2}))
                .hasMessageContaining("parameter 1");
        try (LevenbergMarquardt optimizer = LevenbergMarquardt.builder()
                .bounds(new double[] {0, 0}, new double[] {1, 1})
                .build()) {
            assertThatThrownBy(
                            () -> Minimize.leastSquares(weighted()).from(1, 3).with(optimizer))
                    .hasMessageContaining("parameter 1 is 3.0")
                    .hasMessageContaining("begin within the bounds");
        }
    }

    /**
     * Far out, the transformed residual of Huber's loss is sign(r) C sqrt(2 |r| / C - 1), with the slope
     * 1 / sqrt(2 |r| / C - 1), and that of soft L1 is the same up to rounding.
     */
    @ParameterizedTest
    @CsvSource({
        "FLOAT64, 1e20, 1e-13",
        "FLOAT64, 1e200, 1e-13",
        "FLOAT64, 1e300, 1e-13",
        "FLOAT32, 1e16, 1e-5",
        "FLOAT32, 1e30, 1e-5",
        "FLOAT32, 3e38, 1e-5"
    })
    void slopesFarOutAreThoseOfARoot(DType dtype, double r, double accuracy) {
        for (RobustLoss loss : List.of(RobustLoss.huber(4), RobustLoss.softL1(4))) {
            Tensor x = Tensor.variable("x", Arena.of(dtype, Shape.of(2), r, -r));
            double root = Math.sqrt(r / 2 - 1);
            Tensor y = loss.transform(x);
            assertThat(Arena.toDoubles(y.value()))
                    .containsExactly(new double[] {4 * root, -4 * root}, within(accuracy * 4 * root));
            assertThat(Arena.toDoubles(Autodiff.gradient(y.sum(), x).value()))
                    .containsExactly(new double[] {1 / root, 1 / root}, within(accuracy / root));
        }
    }

    @Test
    void uncertaintyNeedsResidualsDerivativesAndDegreesOfFreedom() {
        try (ResidualObjective objective = new ResidualObjective(DType.FLOAT64, 2, weighted());
                ResidualObjective two = new ResidualObjective(DType.FLOAT64, 2, b -> decay(b).slice(0, 1, 3))) {
            FitUncertainty known = FitUncertainty.known(two, Points.vector(2, 0.5));
            assertThat(known.degreesOfFreedom()).isZero();
            assertThatThrownBy(known::residualDeviation)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("found 0 degrees of freedom");
            assertThatThrownBy(() -> FitUncertainty.known(objective, Points.vector(2, Double.NaN)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is NaN at theta");
            assertThatThrownBy(() -> FitUncertainty.estimated(objective, Points.vector(2, 0.5, 1)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("theta must be a vector of 2 FLOAT64 elements");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-200, 1, 1e200})
    void theDeviationHasTheUnitOfResiduals(double unit) {
        // The sum of squares of 3, 4, 12 about b = 0 is 169, with two degrees of freedom.
        Tensor y = Tensor.constant(DType.FLOAT64, Shape.of(3), 3 * unit, 4 * unit, 12 * unit);
        try (ResidualObjective objective =
                new ResidualObjective(DType.FLOAT64, 1, b -> y.sub(b.broadcastTo(Shape.of(3))))) {
            assertThat(FitUncertainty.estimated(objective, Points.vector(0)).residualDeviation())
                    .isCloseTo(13 / Math.sqrt(2) * unit, within(1e-14 * unit));
        }
    }
}
