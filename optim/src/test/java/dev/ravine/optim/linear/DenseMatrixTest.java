package dev.ravine.optim.linear;

import static dev.ravine.optim.linear.LinearOperator.Property.SYMMETRIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Spectrum;
import org.junit.jupiter.api.Test;

class DenseMatrixTest {
    @EachFloatType
    void assignWritesTheOperatorOut(DType dtype) {
        double[] a = {4, 1, -2, 1, 3, 0.5, -2, 0.5, 8};
        try (DenseMatrix matrix = new DenseMatrix(3)) {
            matrix.assign(Points.dense(a, SYMMETRIC), dtype);
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    assertThat(matrix.get(i, j)).isEqualTo(a[i * 3 + j]);
                }
            }
            assertThat(matrix.asymmetry()).isEqualTo(0);
            assertThat(matrix.size()).isEqualTo(3);
            matrix.addToDiagonal(0.25);
            assertThat(matrix.get(1, 1)).isEqualTo(3.25);
            assertThat(matrix.get(1, 0)).isEqualTo(1);
        }
    }

    @Test
    void assignKeepsTheMeanWithTheTransposeAndTellsHowFarTheyWereApart() {
        double[] a = {1, 2, 0, 2.5, -10, 3, 0, 3, 4};
        try (DenseMatrix matrix = new DenseMatrix(3)) {
            matrix.assign(Points.dense(a, SYMMETRIC), DType.FLOAT64);
            assertThat(matrix.get(0, 1)).isEqualTo(2.25);
            assertThat(matrix.get(1, 0)).isEqualTo(2.25);
            assertThat(matrix.get(2, 1)).isEqualTo(3);
            assertThat(matrix.asymmetry()).isEqualTo(0.5 / 10);
            matrix.assign(Points.dense(new double[9], SYMMETRIC), DType.FLOAT64);
            assertThat(matrix.asymmetry()).isEqualTo(0);
        }
    }

    @Test
    void theHugeAndTheNotFiniteAreToldApart() {
        try (DenseMatrix matrix = new DenseMatrix(2)) {
            matrix.assign(Points.dense(new double[] {1, 1e308, 1.2e308, 1}, SYMMETRIC), DType.FLOAT64);
            assertThat(matrix.isFinite()).isTrue();
            assertThat(matrix.get(0, 1)).isEqualTo(1.1e308);
            matrix.set(0, 1, Double.NaN);
            assertThat(matrix.isFinite()).isFalse();
        }
        assertThat(DenseMatrix.norm(new double[] {3e300, -4e300})).isCloseTo(5e300, within(1e286));
        assertThat(DenseMatrix.norm(new double[] {3e-300, -4e-300})).isCloseTo(5e-300, within(1e-314));
        assertThat(DenseMatrix.norm(new double[] {1, Double.NaN, 2})).isNaN();
        assertThat(DenseMatrix.norm(new double[] {1, Double.NEGATIVE_INFINITY})).isInfinite();
        assertThat(DenseMatrix.norm(new double[2])).isEqualTo(0);
    }

    @Test
    void solutionsProductsAndEigenvectorsAreThoseOfTheSpectrum() {
        Spectrum spectrum = new Spectrum(1, 1, 2, 5, 1000);
        double[] coordinates = {3, -1, 0.5, 20};
        double[] x = spectrum.combine(coordinates);
        try (DenseMatrix matrix = spectrum.matrix()) {
            assertThat(matrix.product(x)).containsExactly(spectrum.combine(3, -2, 2.5, 20_000), within(1e-10));
            assertThat(matrix.factorize(0)).isTrue();
            assertThat(matrix.solve(spectrum.combine(3, -2, 2.5, 20_000))).containsExactly(x, within(1e-10));
            assertThat(matrix.factorize(4)).isTrue();
            assertThat(matrix.solve(spectrum.combine(15, -6, 4.5, 20_080))).containsExactly(x, within(1e-10));
            // L^-1 x has the length of x in the metric of the inverse.
            double[] lower = matrix.solveLower(x);
            assertThat(DenseMatrix.dot(lower, lower))
                    .isCloseTo(9 / 5.0 + 1 / 6.0 + 0.25 / 9 + 400 / 1004.0, within(1e-12));
            assertThat(matrix.factorize(-1.5)).isFalse();
            assertThat(matrix.modelChange(x, x)).isCloseTo(spectrum.model(x, x), within(1e-12 * spectrum.model(x, x)));

            DenseMatrix.Eigen eigen = matrix.eigen();
            assertThat(eigen.values()).containsExactly(new double[] {1, 2, 5, 1000}, within(1e-12 * 1000));
            double[] found = eigen.coordinates(x);
            for (int i = 0; i < found.length; i++) {
                assertThat(Math.abs(found[i])).isCloseTo(Math.abs(coordinates[i]), within(1e-12));
            }
            assertThat(eigen.combine(found)).containsExactly(x, within(1e-12));
        }
    }

    @Test
    void shiftsDoNotChangeTheMatrixItself() {
        Spectrum spectrum = new Spectrum(2, -1, 1);
        try (DenseMatrix matrix = spectrum.matrix()) {
            double before = matrix.get(0, 0);
            assertThat(matrix.factorize(0)).isFalse();
            assertThat(matrix.factorize(2)).isTrue();
            assertThat(matrix.get(0, 0)).isEqualTo(before);
            assertThat(matrix.eigen().values()[0]).isCloseTo(-1, within(1e-15));
            assertThat(matrix.get(0, 0)).isEqualTo(before);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (DenseMatrix matrix = new DenseMatrix(2)) {
            assertThatThrownBy(() -> matrix.assign(Points.dense(new double[4]), DType.FLOAT64))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("SYMMETRIC");
            assertThatThrownBy(() -> matrix.assign(Points.dense(new double[9], SYMMETRIC), DType.FLOAT64))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("order 3")
                    .hasMessageContaining("2");
        }
        assertThatThrownBy(() -> new DenseMatrix(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theArgumentsOfSolutionsStay() {
        try (DenseMatrix matrix = new Spectrum(3, 2, 3).matrix()) {
            double[] b = {1, 2};
            matrix.factorize(0);
            matrix.solve(b);
            matrix.solveLower(b);
            matrix.product(b);
            assertThat(b).containsExactly(1, 2);
            assertThat(Arena.toDoubles(matrix.array())).hasSize(4);
        }
    }
}
