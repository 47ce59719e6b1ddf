package dev.ravine.core.kernels;

/** Numbers of one row in a Java array. */
final class RowReductions {
    private RowReductions() {}

    /** Four sums at once, so that additions need not wait for each other. */
    static double sum(double[] x, int from, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        int end = from + count;
        for (; i + 3 < end; i += 4) {
            a += x[i];
            b += x[i + 1];
            c += x[i + 2];
            d += x[i + 3];
        }
        for (; i < end; i++) {
            a += x[i];
        }
        return (a + b) + (c + d);
    }

    /** Four maxima at once, so that comparisons need not wait for each other. */
    static double max(double[] x, int from, int count) {
        double a = Double.NEGATIVE_INFINITY;
        double b = a;
        double c = a;
        double d = a;
        int i = from;
        int end = from + count;
        for (; i + 3 < end; i += 4) {
            a = Math.max(a, x[i]);
            b = Math.max(b, x[i + 1]);
            c = Math.max(c, x[i + 2]);
            d = Math.max(d, x[i + 3]);
        }
        for (; i < end; i++) {
            a = Math.max(a, x[i]);
        }
        return Math.max(Math.max(a, b), Math.max(c, d));
    }

    /** The sum without one element that is 1, the exponential of a maximum. */
    static double sumOfOthers(double[] e, int from, int count) {
        double sum = 0;
        boolean met = false;
        for (int i = from; i < from + count; i++) {
            if (e[i] == 1 && !met) {
                met = true;
            } else {
                sum += e[i];
            }
        }
        return sum;
    }
}
