package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.Vectors;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** QR factorizations of matrices of one size, with their triangles in plain arrays: A P = Q R, and c = Q'b. */
final class QrFactor implements AutoCloseable {
    /** The number of columns. */
    private final int n;

    private final int m;
    private final Arena arena = new Arena("the factorization");
    private final INDArray columns;
    private final INDArray right;
    /** Row j holds column j of R, up to the diagonal. */
    private final double[][] triangle;

    private final double[] rotated;
    private int[] pivots;

    QrFactor(int m, int n) {
        this.m = m;
        this.n = n;
        columns = arena.allocate(DType.FLOAT64, Shape.of(n, m));
        right = arena.allocate(DType.FLOAT64, Shape.of(m));
        triangle = new double[n][Math.min(m, n)];
        rotated = new double[Math.min(m, n)];
    }

    /** Clears the matrix and the right-hand side that will be factorized next. */
    void clear() {
        Vectors.fill(columns, 0);
        Vectors.fill(right, 0);
    }

    /** Writes to a column, from a row on. */
    void column(int i, int row, double[] values) {
        Elements.of(columns).write(i * m + row, values.length, values);
    }

    /** Writes one element of a column. */
    void element(int i, int row, double value) {
        Elements.of(columns).set(i * m + row, value);
    }

    /** Writes to the right-hand side, from a row on. */
    void right(int row, double[] values) {
        Elements.of(right).write(row, values.length, values);
    }

    /** Factorizes what was written. */
    void factorize() {
        pivots = Lapack.qr(columns, right);
        Elements from = Elements.of(columns);
        for (int j = 0; j < n; j++) {
            from.read(j * m, Math.min(j + 1, triangle[j].length), triangle[j]);
        }
        Elements.of(right).read(0, rotated.length, rotated);
    }

    /** The rows of R that are above a fraction of the first one. */
    int rank(double tolerance) {
        int rank = 0;
        while (rank < rotated.length && Math.abs(triangle[rank][rank]) > tolerance * Math.abs(triangle[0][0])) {
            rank++;
        }
        return rank;
    }

    /** The first rows of R P', column by column: what the columns of A are, turned by Q. */
    double[][] columns(int rank) {
        double[][] turned = new double[n][];
        for (int j = 0; j < n; j++) {
            double[] column = new double[rank];
            System.arraycopy(triangle[j], 0, column, 0, Math.min(j + 1, rank));
            turned[pivots[j]] = column;
        }
        return turned;
    }

    /** The beginning of Q'b. */
    double[] right(int rank) {
        return Arrays.copyOf(rotated, rank);
    }

    /** The x with A x = b in the sense of least squares; the rank must be full. */
    double[] solve() {
        double[] y = rotated.clone();
        for (int j = n - 1; j >= 0; j--) {
            y[j] /= triangle[j][j];
            for (int i = 0; i < j; i++) {
                y[i] -= triangle[j][i] * y[j];
            }
        }
        double[] x = new double[n];
        for (int j = 0; j < n; j++) {
            x[pivots[j]] = y[j];
        }
        return x;
    }

    /** R^-T P'x with the first rows and columns of R; its square is x'(A'A)^-1 x for x in the range of A'. */
    double[] solveTransposed(double[] x, int rank) {
        double[] y = new double[rank];
        for (int j = 0; j < rank; j++) {
            double sum = x[pivots[j]];
            for (int i = 0; i < j; i++) {
                sum -= triangle[j][i] * y[i];
            }
            y[j] = sum / triangle[j][j];
        }
        return y;
    }

    /** For each column of A, whether no vector that A makes zero has a part in it, up to a tolerance. */
    boolean[] determined(int rank, double tolerance) {
        boolean[] determined = new boolean[n];
        for (int j = 0; j < rank; j++) {
            determined[pivots[j]] = true;
        }
        for (int free = rank; free < n; free++) {
            double[] z = triangle[free].clone();
            for (int j = rank - 1; j >= 0; j--) {
                z[j] /= triangle[j][j];
                for (int i = 0; i < j; i++) {
                    z[i] -= triangle[j][i] * z[j];
                }
                determined[pivots[j]] &= Math.abs(z[j]) <= tolerance;
            }
        }
        return determined;
    }

    @Override
    public void close() {
        arena.close();
    }
}
