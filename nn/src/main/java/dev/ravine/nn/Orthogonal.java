package dev.ravine.nn;

import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Random vectors of a normal distribution, made orthonormal one after the other, times a gain. Their directions have no
 * preference.
 */
final class Orthogonal {
    private Orthogonal() {}

    /** Fills a matrix; all axes before the last count as rows. */
    static void fill(INDArray parameter, double gain, Rng rng) {
        Elements out = Elements.of(parameter);
        int columns = parameter.rank() == 0 ? 1 : (int) parameter.size(-1);
        int rows = out.size() / Math.max(1, columns);
        boolean areColumns = rows >= columns;
        double[][] vectors = orthonormal(areColumns ? columns : rows, areColumns ? rows : columns, rng);
        for (int i = 0; i < out.size(); i++) {
            int row = i / columns;
            int column = i % columns;
            out.set(i, gain * (areColumns ? vectors[column][row] : vectors[row][column]));
        }
    }

    private static double[][] orthonormal(int count, int length, Rng rng) {
        double[][] vectors = new double[count][length];
        for (int k = 0; k < count; k++) {
            double[] v = vectors[k];
            for (int i = 0; i < length; i++) {
                v[i] = rng.nextGaussian();
            }
            // The second pass removes what rounding left behind in the first.
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < k; j++) {
                    subtractPart(v, vectors[j]);
                }
            }
            double norm = Math.sqrt(dot(v, v));
            for (int i = 0; i < length; i++) {
                v[i] /= norm;
            }
        }
        return vectors;
    }

    private static void subtractPart(double[] v, double... unit) {
        double along = dot(v, unit);
        for (int i = 0; i < v.length; i++) {
            v[i] -= along * unit[i];
        }
    }

    private static double dot(double[] a, double... b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
