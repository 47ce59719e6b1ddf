package dev.ravine.optim.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.data.Quadratic;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.LinearOperator.Property;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HutchinsonTest {
    private static final DType F64 = DType.FLOAT64;

    @Test
    void aDiagonalMatrixIsEstimatedExactly() {
        Hutchinson found = Hutchinson.estimate(Matrices.diagonal(F64, 3, -1, 0, 0.5), F64, 3, 1);
        assertThat(found.trace()).isEqualTo(new Estimate(2.5, 0));
        assertThat(found.diagonal()).containsExactly(3, -1, 0, 0.5);
        assertThat(found.diagonalErrors()).containsOnly(0);
    }

    @ParameterizedTest
    @CsvSource({"HESSIAN,hessian", "GAUSS_NEWTON,gauss-newton"})
    void traceAndDiagonalOfASmallNetAreWithinTheirErrors(Curvature curvature, String name) {
        double[] diagonal = SmallNet.figures(name + " diagonal");
        try (SupervisedObjective objective = SmallNet.objective(F64);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            Hutchinson found = Hutchinson.estimate(LinearOperator.of(at, curvature), F64, 400, 3);
            double trace = Arrays.stream(diagonal).sum();
            assertThat(found.trace().value())
                    .isCloseTo(trace, within(4 * found.trace().standardError()));
            for (int i = 0; i < diagonal.length; i++) {
                assertThat(found.diagonal()[i]).isCloseTo(diagonal[i], within(4 * found.diagonalErrors()[i]));
            }
            // The trace is the sum of the same probes.
            assertThat(Arrays.stream(found.diagonal()).sum())
                    .isCloseTo(found.trace().value(), within(1e-12));
        }
    }

    @EachFloatType
    void errorsAreWhatTheyAreSaidToBe(DType dtype) {
        double[] diagonal = SmallNet.figures("hessian diagonal");
        double trace = Arrays.stream(diagonal).sum();
        try (SupervisedObjective objective = SmallNet.objective(dtype);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            LinearOperator hessian = LinearOperator.of(at, Curvature.HESSIAN);
            double squares = 0;
            for (int seed = 0; seed < 100; seed++) {
                Estimate found = Hutchinson.estimate(hessian, dtype, 20, seed).trace();
                squares += Math.pow((found.value() - trace) / found.standardError(), 2) / 100;
            }
            assertThat(Math.sqrt(squares)).isBetween(0.8, 1.3);
        }
    }

    /** The error of Hutch++ is a fraction of Hutchinson's where a few values rule. */
    @Test
    void hutchPlusPlusNeedsFewerProductsWhereAFewEigenvaluesRule() {
        double[] spectrum = new double[200];
        for (int i = 0; i < spectrum.length; i++) {
            spectrum[i] = 1000 * Math.pow(0.6, i);
        }
        double trace = Arrays.stream(spectrum).sum();
        Quadratic quadratic = Quadratic.withSpectrum(spectrum, 2);
        LinearOperator a = LinearOperator.of(
                200, (v, out) -> Lapack.symmetricProduct(quadratic.matrix(), v, out), Property.SYMMETRIC);
        Estimate plain = Hutchinson.estimate(a, F64, 60, 1).trace();
        Estimate better = HutchPlusPlus.trace(a, F64, 60, 1);
        assertThat(plain.value()).isCloseTo(trace, within(4 * plain.standardError()));
        assertThat(better.value()).isCloseTo(trace, within(4 * better.standardError()));
        assertThat(better.standardError()).isLessThan(plain.standardError() / 100);
    }

    @Test
    void hutchPlusPlusIsExactWhereTheSubspaceHoldsEverything() {
        LinearOperator a = Matrices.diagonal(F64, 0, 0, 5, 0, -2, 0, 0, 1, 0);
        assertThat(HutchPlusPlus.trace(a, F64, 15, 1).value()).isCloseTo(4, within(1e-13));
        assertThat(HutchPlusPlus.trace(Matrices.diagonal(F64, 0, 0), F64, 6, 1)).isEqualTo(new Estimate(0, 0));
        assertThat(HutchPlusPlus.trace(Matrices.diagonal(F64, -7), F64, 6, 1).value())
                .isCloseTo(-7, within(1e-13));
    }

    @Test
    void refusesWhatItCannotDo() {
        LinearOperator plain = LinearOperator.of(3, (v, out) -> Vectors.copy(v, out));
        assertThatThrownBy(() -> Hutchinson.estimate(plain, F64, 5, 1)).hasMessageContaining("SYMMETRIC");
        assertThatThrownBy(() -> HutchPlusPlus.trace(plain, F64, 9, 1)).hasMessageContaining("SYMMETRIC");
        LinearOperator one = Matrices.diagonal(F64, 1);
        assertThatThrownBy(() -> Hutchinson.estimate(one, F64, 1, 1)).hasMessageContaining("at least 2, found 1");
        assertThatThrownBy(() -> HutchPlusPlus.trace(one, F64, 5, 1)).hasMessageContaining("at least 6, found 5");
        LinearOperator bad = Matrices.diagonal(F64, Double.NaN);
        assertThatThrownBy(() -> Hutchinson.estimate(bad, F64, 2, 1)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> HutchPlusPlus.trace(bad, F64, 6, 1)).isInstanceOf(ArithmeticException.class);
    }
}
