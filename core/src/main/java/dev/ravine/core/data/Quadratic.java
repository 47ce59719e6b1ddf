package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.BinaryKernels;
import dev.ravine.core.kernels.MatrixKernels;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The function q(x) = x'Ax / 2 - b'x with a known spectrum and a known stationary point, for judging linear solvers and
 * optimizers. All arrays have dtype {@link DType#FLOAT64}.
 *
 * @param matrix A = Q diag(eigenvalues) Q', exactly symmetric, n x n
 * @param b the linear term, A times the minimizer, of length n
 * @param minimizer where the gradient Ax - b is zero, of length n; the only minimizer if all eigenvalues are positive
 * @param eigenvectors Q, orthogonal: column j belongs to the j-th eigenvalue
 */
public record Quadratic(INDArray matrix, INDArray b, INDArray minimizer, INDArray eigenvectors) {
    /**
     * A quadratic in random directions.
     *
     * @param eigenvalues the spectrum, at least one value
     * @param seed the same seed gives the same directions and minimizer
     * @return a quadratic with a standard Gaussian minimizer
     * @throws IllegalArgumentException if there are no eigenvalues
     */
    public static Quadratic withSpectrum(double[] eigenvalues, long seed) {
        int n = eigenvalues.length;
        if (n == 0) {
            throw new IllegalArgumentException("a quadratic needs at least one eigenvalue");
        }
        Rng rng = new Rng(seed);
        INDArray q = Arena.of(DType.FLOAT64, Shape.of(n, n), randomOrthogonal(n, rng.split("directions")));
        INDArray scaled = Arena.create(DType.FLOAT64, Shape.of(n, n));
        BinaryKernels.mul(q, Arena.of(DType.FLOAT64, Shape.of(n), eigenvalues), scaled)
                .run();
        INDArray product = Arena.create(DType.FLOAT64, Shape.of(n, n));
        MatrixKernels.gemm(scaled, false, q, true, product, 0).run();
        INDArray matrix = Arena.of(DType.FLOAT64, Shape.of(n, n), mirrored(n, Arena.toDoubles(product)));
        INDArray minimizer = Arena.of(DType.FLOAT64, Shape.of(n), gaussian(n, rng.split("minimizer")));
        return new Quadratic(matrix, times(matrix, minimizer), minimizer, q);
    }

    /**
     * Eigenvalues evenly spaced on a logarithmic scale.
     *
     * @param n the number of eigenvalues, at least 1
     * @param condition the ratio of the largest to the smallest, at least 1
     * @return ascending from 1 to condition; just 1 if n is 1
     * @throws IllegalArgumentException if n or condition is less than 1
     */
    public static double[] logSpectrum(int n, double condition) {
        if (n < 1 || !(condition >= 1)) {
            throw new IllegalArgumentException("a spectrum needs at least 1 eigenvalue and a condition number of at"
                    + " least 1, found " + n + " and " + condition);
        }
        double[] eigenvalues = new double[Check.arrayLength("the eigenvalues of a spectrum", n, Double.BYTES)];
        for (int i = 0; i < n; i++) {
            eigenvalues[i] = n == 1 ? 1 : Math.pow(condition, (double) i / (n - 1));
        }
        return eigenvalues;
    }

    /**
     * q(x) = x'Ax / 2 - b'x.
     *
     * @param x a point, of length n and dtype {@link DType#FLOAT64}
     * @return the value
     * @throws ShapeException if x has another length or dtype
     */
    public double value(INDArray x) {
        checkPoint(x);
        return Vectors.dot(times(matrix, x), x) / 2 - Vectors.dot(b, x);
    }

    /**
     * The gradient Ax - b.
     *
     * @param x a point, of length n and dtype {@link DType#FLOAT64}
     * @return a new vector
     * @throws ShapeException if x has another length or dtype
     */
    public INDArray gradient(INDArray x) {
        checkPoint(x);
        INDArray gradient = times(matrix, x);
        Vectors.axpy(-1, b, gradient);
        return gradient;
    }

    private void checkPoint(INDArray x) {
        if (x.length() != b.length() || DType.of(x) != DType.FLOAT64) {
            throw new ShapeException("quadratic: a point must be FLOAT64 [" + b.length() + "], found " + DType.of(x)
                    + " " + Shape.of(x));
        }
    }

    private static INDArray times(INDArray matrix, INDArray x) {
        long n = matrix.size(0);
        INDArray product = Arena.create(DType.FLOAT64, Shape.of(n));
        MatrixKernels.gemm(
                        matrix,
                        false,
                        Arena.view(Arena.dense(x), 0, Shape.of(n, 1)),
                        false,
                        Arena.view(product, 0, Shape.of(n, 1)),
                        0)
                .run();
        return product;
    }

    private static double[] gaussian(int n, Rng rng) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = rng.nextGaussian();
        }
        return values;
    }

    /** Gram-Schmidt on Gaussian rows; a second pass removes the rounding errors of the first. */
    private static double[] randomOrthogonal(int n, Rng rng) {
        double[] q =
                new double[Check.arrayLength("the elements of a matrix of order " + n, (long) n * n, Double.BYTES)];
        for (int row = 0; row < n; row++) {
            System.arraycopy(gaussian(n, rng), 0, q, row * n, n);
            for (int pass = 0; pass < 2; pass++) {
                for (int other = 0; other < row; other++) {
                    subtractProjection(q, row * n, other * n, n);
                }
                double norm = Math.sqrt(dot(q, row * n, row * n, n));
                for (int i = 0; i < n; i++) {
                    q[row * n + i] /= norm;
                }
            }
        }
        return q;
    }

    private static void subtractProjection(double[] q, int row, int unit, int n) {
        double along = dot(q, row, unit, n);
        for (int i = 0; i < n; i++) {
            q[row + i] -= along * q[unit + i];
        }
    }

    private static double dot(double[] q, int a, int b, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += q[a + i] * q[b + i];
        }
        return sum;
    }

    /** The two triangles of a product differ by rounding; the upper one replaces the lower one. */
    private static double[] mirrored(int n, double[] matrix) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                matrix[i * n + j] = matrix[j * n + i];
            }
        }
        return matrix;
    }
}
