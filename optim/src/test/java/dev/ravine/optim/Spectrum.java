package dev.ravine.optim;

import dev.ravine.core.DType;
import dev.ravine.core.Rng;

/** A symmetric matrix made from known eigenvalues and from eigenvectors that three random reflections give. */
final class Spectrum {
    final double[] values;
    final double[][] vectors;

    Spectrum(long seed, double... values) {
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
            double square = dot(axis, axis);
            for (double[] v : vectors) {
                double along = 2 * dot(axis, v) / square;
                for (int i = 0; i < n; i++) {
                    v[i] -= along * axis[i];
                }
            }
        }
    }

    int size() {
        return values.length;
    }

    /** Row by row. */
    double[] elements() {
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

    DenseMatrix matrix() {
        DenseMatrix matrix = new DenseMatrix(size());
        matrix.assign(Points.dense(elements(), LinearOperator.Property.SYMMETRIC), DType.FLOAT64);
        return matrix;
    }

    /** The sum of eigenvectors times coordinates. */
    double[] combine(double... coordinates) {
        double[] x = new double[size()];
        for (int k = 0; k < x.length; k++) {
            for (int i = 0; i < x.length; i++) {
                x[i] += coordinates[k] * vectors[k][i];
            }
        }
        return x;
    }

    double[] coordinates(double[] x) {
        double[] c = new double[size()];
        for (int k = 0; k < c.length; k++) {
            c[k] = dot(vectors[k], x);
        }
        return c;
    }

    /** g'p + p'Ap / 2. */
    double model(double[] g, double[] p) {
        double sum = dot(g, p);
        double[] c = coordinates(p);
        for (int k = 0; k < c.length; k++) {
            sum += values[k] * c[k] * c[k] / 2;
        }
        return sum;
    }

    static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    static double norm(double[] x) {
        return Math.sqrt(dot(x, x));
    }
}
