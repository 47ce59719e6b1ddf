package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.util.List;

/**
 * The loops of {@link Vectors}, over one chunk of numbers at a time. Both precisions have loops of their own: one loop
 * for both would be slower, as it would turn all floats into doubles first.
 */
final class VectorLoops {
    private VectorLoops() {}

    static double sumOfProducts(Elements a, Elements b, int begin, int end) {
        Scratch scratch = Scratch.ofThread();
        double sum = 0;
        for (int from = begin; from < end; from += Scratch.CHUNK) {
            int count = Math.min(Scratch.CHUNK, end - from);
            if (a instanceof Elements.Floats x && b instanceof Elements.Floats y) {
                x.buffer().get(from, scratch.floats[0], 0, count);
                if (a == b) {
                    sum += sumOfSquares(scratch.floats[0], count);
                    continue;
                }
                y.buffer().get(from, scratch.floats[1], 0, count);
                sum += sumOfProducts(scratch.floats[0], scratch.floats[1], count);
            } else {
                a.read(from, count, scratch.doubles[0]);
                b.read(from, count, scratch.doubles[1]);
                sum += sumOfProducts(scratch.doubles[0], scratch.doubles[1], count);
            }
        }
        return sum;
    }

    /** Four sums at once, so that additions need not wait for each other. */
    private static double sumOfProducts(float[] x, float[] y, int n) {
        double p = 0;
        double q = 0;
        double r = 0;
        double s = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            p += (double) x[i] * y[i];
            q += (double) x[i + 1] * y[i + 1];
            r += (double) x[i + 2] * y[i + 2];
            s += (double) x[i + 3] * y[i + 3];
        }
        for (; i < n; i++) {
            p += (double) x[i] * y[i];
        }
        return (p + q) + (r + s);
    }

    /** The sum of squares, with half the conversions of a product of x with itself. */
    static double sumOfSquares(float[] x, int n) {
        double p = 0;
        double q = 0;
        double r = 0;
        double s = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            double x0 = x[i];
            double x1 = x[i + 1];
            double x2 = x[i + 2];
            double x3 = x[i + 3];
            p += x0 * x0;
            q += x1 * x1;
            r += x2 * x2;
            s += x3 * x3;
        }
        for (; i < n; i++) {
            p += (double) x[i] * x[i];
        }
        return (p + q) + (r + s);
    }

    static double sumOfProducts(double[] x, double[] y, int n) {
        double p = 0;
        double q = 0;
        double r = 0;
        double s = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            p += x[i] * y[i];
            q += x[i + 1] * y[i + 1];
            r += x[i + 2] * y[i + 2];
            s += x[i + 3] * y[i + 3];
        }
        for (; i < n; i++) {
            p += x[i] * y[i];
        }
        return (p + q) + (r + s);
    }

    /** The index of the first infinity or NaN, or -1. */
    static int firstNonFinite(Elements x, int begin, int end) {
        double[] chunk = Scratch.ofThread().doubles[0];
        for (int from = begin; from < end; from += Scratch.CHUNK) {
            int count = Math.min(Scratch.CHUNK, end - from);
            x.read(from, count, chunk);
            for (int i = 0; i < count; i++) {
                if (!Double.isFinite(chunk[i])) {
                    return from + i;
                }
            }
        }
        return -1;
    }

    /** y = a x1 + a x2 + ..., or y += that, for the elements from begin to before end. */
    static void sum(double a, List<Elements> xs, boolean isFirst, Elements y, int begin, int end) {
        Scratch scratch = Scratch.ofThread();
        for (int i = begin; i < end; i += Scratch.CHUNK) {
            int count = Math.min(Scratch.CHUNK, end - i);
            if (y instanceof Elements.Floats out) {
                float[] sum = scratch.floats[0];
                float[] x = scratch.floats[1];
                ((Elements.Floats) (isFirst ? xs.get(0) : y)).buffer().get(i, sum, 0, count);
                if (isFirst) {
                    scale((float) a, sum, count);
                }
                for (int k = isFirst ? 1 : 0; k < xs.size(); k++) {
                    ((Elements.Floats) xs.get(k)).buffer().get(i, x, 0, count);
                    addScaled((float) a, x, sum, count);
                }
                out.buffer().put(i, sum, 0, count);
            } else {
                double[] sum = scratch.doubles[0];
                double[] x = scratch.doubles[1];
                (isFirst ? xs.get(0) : y).read(i, count, sum);
                if (isFirst) {
                    scale(a, sum, count);
                }
                for (int k = isFirst ? 1 : 0; k < xs.size(); k++) {
                    xs.get(k).read(i, count, x);
                    addScaled(a, x, sum, count);
                }
                y.write(i, count, sum);
            }
        }
    }

    private static void scale(float a, float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] *= a;
        }
    }

    private static void scale(double a, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] *= a;
        }
    }

    private static void addScaled(float a, float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += a * x[i];
        }
    }

    private static void addScaled(double a, double[] x, double[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += a * x[i];
        }
    }
}
