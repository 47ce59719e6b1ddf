package dev.ravine.optim.problems;

import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;

/** A symmetric matrix made from known eigenvalues and from eigenvectors that three random reflections give. */
public final class Spectrum {
    public final double[] values;
    public final double[][] vectors;

    public Spectrum(long seed, double... values) {
        int n = values.length;
        this.values = values;
        this.vectors = new double[n][n];
        Rng rng = new Rng(seed);
        for (int i = 0; i < n; i++) {
            vectors[i][i] = 1;
        }
        for (int k = 0; k < 3; k++) {
            double[] axis = new double[n];
            for (int i = 0; i < n; i++) {
                axis[i] = rng.nextGaussian();
            }
            double square = DenseMatrix.dot(axis, axis);
            for (double[] v : vectors) {
                double along = 2 * DenseMatrix.dot(axis, v) / square;
                for (int i = 0; i < n; i++) {
                    v[i] -= along * axis[i];
                }
            }
        }
    }

    public int size() {
        return values.length;
    }

    /** Row by row. */
    public double[] elements() {
        int n = size();
        double[] a = new double[n * n];
        for (int k = 0; k < n; k++) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    a[i * n + j] += values[k] * (vectors[k][i] * vectors[k][j]);
                }
            }
        }
        return a;
    }

    public DenseMatrix matrix() {
        DenseMatrix matrix = new DenseMatrix(size());
        matrix.assign(Points.dense(elements(), LinearOperator.Property.SYMMETRIC), DType.FLOAT64);
        return matrix;
    }

    /** The sum of eigenvectors times coordinates. */
    public double[] combine(double... coordinates) {
        double[] x = new double[size()];
        for (int k = 0; k < x.length; k++) {
            for (int i = 0; i < x.length; i++) {
                x[i] += coordinates[k] * vectors[k][i];
            }
        }
        return x;
    }

    public double[] coordinates(double[] x) {
        double[] c = new double[size()];
        for (int k = 0; k < c.length; k++) {
            c[k] = DenseMatrix.dot(vectors[k], x);
        }
        return c;
    }

    /** g'p + p'Ap / 2. */
    public double model(double[] g, double[] p) {
        double sum = DenseMatrix.dot(g, p);
        double[] c = coordinates(p);
        for (int k = 0; k < c.length; k++) {
            sum += values[k] * c[k] * c[k] / 2;
        }
        return sum;
    }

    public static double norm(double[] x) {
        return Math.sqrt(DenseMatrix.dot(x, x));
    }
}
