package dev.ravine.optim.leastsquares;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.Minimize;
import dev.ravine.optim.Minimize.End;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.problems.MghProblem;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Problems of Moré, Garbow and Hillstrom from starts 1, 10 and 100 times as far away as the standard ones, as they propose:
 * very different units of residuals, matrices that become singular, and minima at infinity.
 */
class HardFitsTest {
    private static double[] far(double factor, double... start) {
        return Arrays.stream(start).map(x -> factor * x).toArray();
    }

    private static Optimizer marquardt(LeastSquaresSolver solver) {
        return LevenbergMarquardt.builder().solver(solver).build();
    }

    /** MINPACK ends at a sum of 2e-31 or 0. One residual is known to 1e-10, the others to 1e-22 and 1e-16. */
    @ParameterizedTest
    @CsvSource({"QR, 1", "QR, 10", "QR, 100", "NORMAL_EQUATIONS, 1", "NORMAL_EQUATIONS, 10", "NORMAL_EQUATIONS, 100"})
    void residualsOfDifferentRoundingAreAllReduced(LeastSquaresSolver solver, double factor) {
        MghProblem problem = MghProblem.BROWN_BADLY_SCALED;
        try (Optimizer optimizer = marquardt(solver)) {
            Minimize.Result found = Minimize.leastSquares(problem::residuals)
                    .from(far(factor, problem.start()))
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(found.value()).isLessThan(1e-29);
            assertThat(found.x().getDouble(0)).isEqualTo(1e6);
            assertThat(found.x().getDouble(1)).isCloseTo(2e-6, within(1e-21));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSumOfSquaresThatIsZeroIsTheMinimum(LeastSquaresSolver solver) {
        MghProblem problem = MghProblem.HELICAL_VALLEY;
        for (double factor : new double[] {1, 10, 100}) {
            try (Optimizer optimizer = marquardt(solver)) {
                Minimize.Result found = Minimize.leastSquares(problem::residuals)
                        .from(far(factor, problem.start()))
                        .with(optimizer);
                assertThat(found.converged()).as("%s", found).isTrue();
                assertThat(found.value()).isLessThan(1e-60);
            }
        }
    }

    /** The matrix is singular at the minimum, and damped for that; a step that is short by damping is not the last one. */
    @ParameterizedTest
    @CsvSource({
        "QR, 10",
        "QR, 100",
        "QR, 1000",
        "NORMAL_EQUATIONS, 10",
        "NORMAL_EQUATIONS, 100",
        "NORMAL_EQUATIONS, 1000"
    })
    void theMinimumWithASingularJacobianFromFarAway(LeastSquaresSolver solver, double factor) {
        MghProblem problem = MghProblem.FREUDENSTEIN_ROTH;
        try (Optimizer optimizer = marquardt(solver)) {
            Minimize.Result found = Minimize.leastSquares(problem::residuals)
                    .from(far(factor, problem.start()))
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(2 * found.value()).isCloseTo(48.98425367924, within(1e-10));
            assertThat(found.gradientNorm()).isLessThan(1e-12);
        }
    }

    /** MINPACK ends at 259.58019013425326, with e^(i x_1) = 0. Columns shrink from 1e17 to 0 and 1e9. */
    @ParameterizedTest
    @EnumSource(names = {"QR", "NORMAL_EQUATIONS"})
    void columnsThatShrinkByManyOrdersAreSolved(LeastSquaresSolver solver) {
        Tensor i = Tensor.constant(DType.FLOAT64, Shape.of(10), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        try (Optimizer optimizer = marquardt(solver)) {
            Minimize.Result found = Minimize.leastSquares(x -> i.mul(2)
                            .add(2)
                            .sub(i.mul(x.slice(0, 0, 1)).exp())
                            .sub(i.mul(x.slice(0, 1, 2)).exp()))
                    .from(3, 4)
                    .with(optimizer);
            assertThat(found.converged()).as("%s", found).isTrue();
            assertThat(2 * found.value()).isCloseTo(259.58019013425326, within(1e-9));
            assertThat(found.steps()).isLessThan(100);
        }
    }

    /** Bard's function has a valley that ends at infinity. There columns of J are below the smallest normal number. */
    @Test
    void gaussNewtonOnTheWayToInfinityDoesNotThrow() {
        MghProblem problem = MghProblem.BARD;
        for (double factor : new double[] {10, 100}) {
            try (GaussNewton optimizer = GaussNewton.builder().build()) {
                Minimize.Result found = Minimize.leastSquares(problem::residuals)
                        .from(far(factor, problem.start()))
                        .with(optimizer);
                assertThat(found.end()).isNotEqualTo(End.LIMIT);
                assertThat(found.value()).isLessThan(13);
            }
        }
    }
}
