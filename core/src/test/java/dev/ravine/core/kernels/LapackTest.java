package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

final class LapackTest {
    private static double[] random(int count, long seed) {
        Rng rng = new Rng(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = rng.nextDouble(-1, 1);
        }
        return values;
    }

    /** B'B + shift I, row-major. */
    private static double[] symmetric(int n, long seed, double shift) {
        double[] b = random(n * n, seed);
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum = i == j ? shift : 0;
                for (int k = 0; k < n; k++) {
                    sum += b[k * n + i] * b[k * n + j];
                }
                a[i * n + j] = sum;
            }
        }
        return a;
    }

    private static double[] product(double[] a, double[] x) {
        int n = x.length;
        double[] y = new double[a.length / n];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < n; j++) {
                y[i] += a[i * n + j] * x[j];
            }
        }
        return y;
    }

    private static INDArray matrix(int rows, int columns, double[] values) {
        return Arena.of(DType.FLOAT64, Shape.of(rows, columns), values);
    }

    private static INDArray vector(double... values) {
        return Arena.of(DType.FLOAT64, Shape.of(values.length), values);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 90})
    void choleskySolvesAPositiveDefiniteSystem(int n) {
        double[] a = symmetric(n, 1, 0.1);
        double[] x = random(n, 2);
        INDArray factor = matrix(n, n, a);
        // The upper triangle is not read.
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                Elements.of(factor).set(i * n + j, Double.NaN);
            }
        }
        assertThat(Lapack.cholesky(factor)).isTrue();
        INDArray solution = vector(product(a, x));
        Lapack.solve(factor, solution);
        assertThat(Arena.toDoubles(solution)).containsExactly(x, within(1e-10));

        // ||L^-1 b||^2 = b'A^-1 b.
        double[] b = product(a, x);
        INDArray half = vector(b);
        Lapack.solveLower(factor, half);
        double expected = Vectors.dot(vector(b), vector(x));
        assertThat(Vectors.dot(half, half)).isCloseTo(expected, within(1e-10 * Math.abs(expected)));
    }

    @Test
    void choleskySaysThatAMatrixIsNotPositiveDefinite() {
        assertThat(Lapack.cholesky(matrix(2, 2, new double[] {1, 2, 2, 1}))).isFalse();
        assertThat(Lapack.cholesky(matrix(1, 1, new double[] {0}))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 65, 150})
    void inversesTimesTheMatrixAreTheIdentity(int n) {
        double[] a = symmetric(n, 3, 0.5);
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            INDArray inverse = Arena.of(dtype, Shape.of(n, n), a);
            assertThat(Lapack.invert(inverse)).isTrue();
            double[] x = Arena.toDoubles(inverse);
            double tolerance = dtype == DType.FLOAT32 ? 2e-3 : 1e-11;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    assertThat(x[i * n + j]).isEqualTo(x[j * n + i]);
                    double sum = 0;
                    for (int k = 0; k < n; k++) {
                        sum += a[i * n + k] * x[k * n + j];
                    }
                    assertThat(sum).isCloseTo(i == j ? 1 : 0, within(tolerance));
                }
            }
        }
    }

    @Test
    void inversesSayThatAMatrixIsNotPositiveDefinite() {
        assertThat(Lapack.invert(matrix(2, 2, new double[] {1, 2, 2, 1}))).isFalse();
        assertThat(Lapack.invert(matrix(2, 2, new double[] {1, 0, 0, Double.NaN})))
                .isFalse();
        assertThatThrownBy(() -> Lapack.invert(vector(1, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("square");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40})
    void eigenvectorsAreRowsAndValuesAscend(int n) {
        double[] a = symmetric(n, 3, -0.5);
        INDArray v = matrix(n, n, a);
        INDArray values = vector(new double[n]);
        Lapack.eigen(v, values);
        double[] rows = Arena.toDoubles(v);
        double before = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            double value = values.getDouble(i);
            assertThat(value).isGreaterThanOrEqualTo(before);
            before = value;
            double[] x = java.util.Arrays.copyOfRange(rows, i * n, (i + 1) * n);
            double[] ax = product(a, x);
            for (int j = 0; j < n; j++) {
                assertThat(ax[j]).isCloseTo(value * x[j], within(1e-11));
            }
            assertThat(Vectors.norm(vector(x))).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void leastSquaresFindsTheMinimizer() {
        double[] columns = random(3 * 9, 4);
        double[] x = {1, -2, 0.5};
        double[] b = new double[9];
        for (int i = 0; i < 9; i++) {
            for (int j = 0; j < 3; j++) {
                b[i] += columns[j * 9 + i] * x[j];
            }
        }
        INDArray right = vector(b);
        assertThat(Lapack.leastSquares(matrix(3, 9, columns), right, 1e-14)).isEqualTo(3);
        assertThat(java.util.Arrays.copyOf(Arena.toDoubles(right), 3)).containsExactly(x, within(1e-13));
    }

    @Test
    void ofDependentColumnsLeastSquaresTakesTheShortestSolution() {
        INDArray right = vector(2, 2, 2);
        int rank = Lapack.leastSquares(matrix(2, 3, new double[] {1, 1, 1, 1, 1, 1}), right, 1e-12);
        assertThat(rank).isEqualTo(1);
        assertThat(right.getDouble(0)).isCloseTo(1, within(1e-14));
        assertThat(right.getDouble(1)).isCloseTo(1, within(1e-14));
    }

    @Test
    void productsReadTheLowerTriangle() {
        double[] a = symmetric(5, 5, 0);
        double[] x = random(5, 6);
        INDArray y = vector(new double[5]);
        Lapack.symmetricProduct(matrix(5, 5, a), vector(x), y);
        assertThat(Arena.toDoubles(y)).containsExactly(product(a, x), within(1e-14));
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> Lapack.cholesky(matrix(1, 2, new double[] {1, 2})))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("square matrix of FLOAT64, found FLOAT64 [1, 2]");
        assertThatThrownBy(() -> Lapack.solve(matrix(1, 1, new double[] {1}), vector(1, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[1]");
        assertThatThrownBy(() -> Lapack.leastSquares(matrix(2, 1, new double[] {1, 2}), vector(1), 1e-14))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("at least as many equations");
        assertThatThrownBy(() -> Lapack.cholesky(Arena.of(DType.FLOAT32, Shape.of(1, 1), 1)))
                .isInstanceOf(ShapeException.class);
    }

    /** The second difference has the eigenvalues 2 - 2 cos(k pi / (n + 1)). */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 40})
    void tridiagonalEigenvaluesAreThoseOfTheSecondDifference(int n) {
        INDArray diagonal = Arena.create(DType.FLOAT64, Shape.of(n));
        INDArray beside = Arena.create(DType.FLOAT64, Shape.of(n));
        INDArray vectors = Arena.create(DType.FLOAT64, Shape.of(n, n));
        Vectors.fill(diagonal, 2);
        Vectors.fill(beside, -1);
        Elements.of(beside).set(n - 1, Double.NaN); // not read
        Lapack.tridiagonalEigen(diagonal, beside, vectors);
        double[] v = Arena.toDoubles(vectors);
        for (int k = 0; k < n; k++) {
            double expected = 2 - 2 * Math.cos((k + 1) * Math.PI / (n + 1));
            assertThat(diagonal.getDouble(k)).isCloseTo(expected, within(1e-14));
            for (int i = 0; i < n; i++) {
                double left = i == 0 ? 0 : v[k * n + i - 1];
                double right = i == n - 1 ? 0 : v[k * n + i + 1];
                assertThat(2 * v[k * n + i] - left - right).isCloseTo(expected * v[k * n + i], within(1e-14));
            }
        }
        assertThatThrownBy(() -> Lapack.tridiagonalEigen(Arena.create(DType.FLOAT64, Shape.of(n + 1)), beside, vectors))
                .isInstanceOf(ShapeException.class);
    }
}
