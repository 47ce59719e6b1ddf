package dev.ravine.optim.newton;

import dev.ravine.optim.linear.DenseMatrix;
import java.util.List;

/**
 * The matrix that BFGS makes of some pairs of steps s and gradient changes y, in compact form (Byrd, Nocedal and
 * Schnabel, Mathematical Programming 63, 1994): B = scale I - W M^-1 W', with W = [Y, scale S], scale = y'y / s'y of
 * the newest pair, and a small symmetric M. Without pairs it is a scale that is given, times I.
 */
final class CompactHessian {
    private final double[][] columns;
    private final double[][] middle;
    private final double scale;

    /**
     * Makes the matrix.
     *
     * @param steps s, the newest last
     * @param changes y, with s'y positive
     * @param firstScale the scale without pairs, positive
     */
    CompactHessian(List<double[]> steps, List<double[]> changes, double firstScale) {
        int k = steps.size();
        columns = new double[2 * k][];
        middle = new double[2 * k][2 * k];
        scale = k == 0
                ? firstScale
                : DenseMatrix.dot(changes.get(k - 1), changes.get(k - 1))
                        / DenseMatrix.dot(steps.get(k - 1), changes.get(k - 1));
        for (int i = 0; i < k; i++) {
            columns[i] = changes.get(i);
            columns[k + i] = times(scale, steps.get(i));
            middle[i][i] = -DenseMatrix.dot(steps.get(i), changes.get(i));
            for (int j = 0; j < k; j++) {
                middle[k + i][k + j] = scale * DenseMatrix.dot(steps.get(i), steps.get(j));
                if (j < i) {
                    middle[k + i][j] = DenseMatrix.dot(steps.get(i), changes.get(j));
                    middle[j][k + i] = middle[k + i][j];
                }
            }
        }
    }

    private static double[] times(double factor, double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = factor * x[i];
        }
        return y;
    }

    double scale() {
        return scale;
    }

    /** {@return W'v} */
    double[] coordinates(double[] v) {
        double[] p = new double[columns.length];
        for (int j = 0; j < p.length; j++) {
            p[j] = DenseMatrix.dot(columns[j], v);
        }
        return p;
    }

    /** {@return row i of W} */
    double[] row(int i) {
        double[] w = new double[columns.length];
        for (int j = 0; j < w.length; j++) {
            w[j] = columns[j][i];
        }
        return w;
    }

    /** {@return M^-1 v} */
    double[] solve(double[] v) {
        return solve(copy(middle), v.clone());
    }

    /**
     * Minimises the model with this matrix over some parameters, the others fixed: the solution d of B_FF d = -r.
     *
     * @param r the model's gradient; only the free elements are used
     * @param isFree which parameters may move
     * @return d, zero where they may not
     */
    double[] minimise(double[] r, boolean[] isFree) {
        int k = columns.length;
        double[][] reduced = copy(middle);
        double[] right = new double[k];
        for (int a = 0; a < k; a++) {
            for (int i = 0; i < r.length; i++) {
                right[a] += isFree[i] ? columns[a][i] * r[i] : 0;
            }
            for (int b = 0; b < k; b++) {
                double sum = 0;
                for (int i = 0; i < r.length; i++) {
                    sum += isFree[i] ? columns[a][i] * columns[b][i] : 0;
                }
                reduced[a][b] -= sum / scale;
            }
        }
        double[] v = solve(reduced, right);
        double[] d = new double[r.length];
        for (int i = 0; i < d.length; i++) {
            d[i] = isFree[i] ? -(r[i] + DenseMatrix.dot(row(i), v) / scale) / scale : 0;
        }
        return d;
    }

    private static double[][] copy(double[][] a) {
        double[][] copy = new double[a.length][];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = a[i].clone();
        }
        return copy;
    }

    /** Gaussian elimination with partial pivoting, in place; M is indefinite. */
    private static double[] solve(double[][] a, double[] b) {
        int n = b.length;
        for (int k = 0; k < n; k++) {
            int pivot = k;
            for (int i = k + 1; i < n; i++) {
                pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
            }
            double[] row = a[pivot];
            a[pivot] = a[k];
            a[k] = row;
            double right = b[pivot];
            b[pivot] = b[k];
            b[k] = right;
            for (int i = k + 1; i < n; i++) {
                double factor = a[i][k] / row[k];
                b[i] -= factor * right;
                for (int j = k; j < n; j++) {
                    a[i][j] -= factor * row[j];
                }
            }
        }
        for (int k = n - 1; k >= 0; k--) {
            for (int j = k + 1; j < n; j++) {
                b[k] -= a[k][j] * b[j];
            }
            b[k] /= a[k][k];
        }
        return b;
    }
}
