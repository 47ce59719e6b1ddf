package dev.ravine.optim.problems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Jacobian;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NistProblemTest {
    private static Tensor variable(double[] b) {
        return Tensor.variable("b", Points.vector(b));
    }

    @ParameterizedTest
    @EnumSource
    void theCertifiedParametersGiveTheCertifiedSumOfSquares(NistProblem problem) {
        Tensor b = variable(problem.certified());
        assertThat(problem.residuals(b).shape()).isEqualTo(Shape.of(problem.observations()));
        // Eleven digits of Lanczos1's parameters do not give a sum that is of rounding; those of its minimum do.
        double precision = problem == NistProblem.LANCZOS1 ? 1e-19 : 1e-9 * problem.certifiedSquares();
        assertThat(problem.value(b).scalar()).isCloseTo(problem.certifiedSquares(), within(precision));
    }

    @ParameterizedTest
    @EnumSource
    void theMinimumIsWhatNistCertifies(NistProblem problem) {
        double[] minimum = problem.minimum();
        double[] certified = problem.certified();
        assertThat(minimum).hasSameSizeAs(certified);
        for (int i = 0; i < minimum.length; i++) {
            assertThat(minimum[i]).as("b%d", i + 1).isCloseTo(certified[i], within(6e-11 * Math.abs(certified[i])));
        }
        assertThat(problem.value(variable(minimum)).scalar())
                .isCloseTo(problem.certifiedSquares(), within(problem.squaresPrecision() * problem.certifiedSquares()));
    }

    @ParameterizedTest
    @EnumSource
    void alongEachParameterTheLeastSumIsAtTheCertifiedOne(NistProblem problem) {
        // The certified digits of Lanczos1 are coarser than its standard deviations.
        boolean isExact = problem == NistProblem.LANCZOS1;
        Tensor b = variable(isExact ? problem.minimum() : problem.certified());
        Tensor residuals = problem.residuals(b);
        double[] r = Arena.toDoubles(residuals.value());
        double[] jacobian = Arena.toDoubles(Jacobian.dense(residuals, b));
        double[] deviations = problem.deviations();
        for (int i = 0; i < deviations.length; i++) {
            double slope = 0;
            double curvature = 0;
            for (int k = 0; k < r.length; k++) {
                double derivative = jacobian[k * deviations.length + i];
                slope += derivative * r[k];
                curvature += derivative * derivative;
            }
            assertThat(slope / curvature)
                    .as("the way along b%d, whose standard deviation is %s", i + 1, deviations[i])
                    .isCloseTo(0, within((isExact ? 0.05 : 1e-6) * deviations[i]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void bothStartsHaveAFiniteAndLargerSumOfSquares(NistProblem problem) {
        assertThat(problem.difficulty()).isIn("lower", "average", "higher");
        for (double[] start : new double[][] {problem.start1(), problem.start2()}) {
            assertThat(problem.value(variable(start)).scalar())
                    .isFinite()
                    .isGreaterThan(problem.certifiedSquares() * 1.001);
        }
    }
}
