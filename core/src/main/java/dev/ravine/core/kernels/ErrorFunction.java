package dev.ravine.core.kernels;

/**
 * The error function, 2/sqrt(pi) times the integral of e^-t^2 from 0 to x. Near 0 it is x plus x times a power series;
 * elsewhere it is a Taylor series around the nearest multiple of 1/4, whose coefficients follow from Hermite
 * polynomials: the derivative of order n + 1 is 2/sqrt(pi) (-1)^n H_n(x) e^-x^2.
 */
final class ErrorFunction {
    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

    /** 2/sqrt(pi) - 1, rounded from the exact value. */
    private static final double EXCESS = 0.1283791670955126;

    private static final int DEGREE = 15;
    private static final int TERMS = 12;

    /** As many terms as single precision needs. */
    private static final int SINGLE_DEGREE = 8;

    private static final int SINGLE_TERMS = 6;

    /** The first grid point, in quarters; below it the power series is used. */
    private static final int FIRST = 2;

    /** From here on the function is 1 in double precision. */
    private static final double END = 5.93;

    /** erf(k/4) for k = 2, 3, ..., 24, rounded from 60 digits (mpmath 1.3), and what rounding took away. */
    private static final double[] AT_GRID = {
        0.5204998778130465, 0.7111556336535151, 0.8427007929497149, 0.9229001282564583,
        0.9661051464753108, 0.9866716712191824, 0.9953222650189527, 0.9985372834133188,
        0.999593047982555, 0.9998993780778803, 0.9999779095030014, 0.9999956972205363,
        0.9999992569016276, 0.9999998862727434, 0.9999999845827421, 0.9999999981494259,
        0.9999999998033839, 0.9999999999815149, 0.9999999999984626, 0.9999999999998869,
        0.9999999999999927, 0.9999999999999996, 1.0
    };

    private static final double[] REST = {
        1.900077467916287e-17,
        4.69744077164289e-17,
        -2.4801011789118602e-17,
        -5.51775442986392e-17,
        -3.3867031441680696e-17,
        2.1431190289565338e-17,
        2.20719858329765e-17,
        2.6956405885413457e-17,
        4.6925151097042234e-17,
        4.451378916214761e-17,
        5.363397058636269e-17,
        5.224680575187069e-17,
        4.9647279187212204e-17,
        4.2276182391829615e-17,
        1.44826531920025e-17,
        9.86675034192752e-19,
        1.2614727975054947e-17,
        5.461622108299497e-17,
        -2.294992711807301e-17,
        2.859354043191264e-17,
        -3.03759554483649e-17,
        2.0875548107488853e-17,
        -2.1519736712498913e-17
    };

    /** 1 - erf(k/4) for k = 2, 3, ..., 16, rounded from 40 digits (mpmath 1.3). */
    private static final double[] COMPLEMENT = {
        0.4795001221869535, 0.28884436634648486, 0.15729920705028513, 0.07709987174354177,
        0.033894853524689274, 0.013328328780817557, 0.004677734981047266, 0.0014627165866811518,
        0.0004069520174449589, 0.00010062192211963683, 2.209049699858544e-05, 4.302779463675122e-06,
        7.430983723414128e-07, 1.1372725656979665e-07, 1.541725790028002e-08
    };

    /** As many terms as the complement needs, which is smaller than the terms' own factor. */
    private static final int COMPLEMENT_DEGREE = 20;

    private static final double[][] TAYLOR = taylor();
    private static final double[] SERIES = series();

    static final UnaryFunction ERF = new UnaryFunction() {
        @Override
        public void apply(float[] x, float[] y, int n, Scratch scratch) {
            for (int i = 0; i < n; i++) {
                y[i] = (float) of(x[i], SINGLE_TERMS, SINGLE_DEGREE);
            }
        }

        @Override
        public void apply(double[] x, double[] y, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = of(x[i], TERMS, DEGREE);
            }
        }
    };

    private ErrorFunction() {}

    /** The error function of x, NaN for NaN. */
    private static double of(double x, int terms, int degree) {
        double size = Math.abs(x);
        if (size < 0.375) {
            double s = x * x;
            double sum = SERIES[terms];
            for (int n = terms - 1; n > 0; n--) {
                sum = SERIES[n] + s * sum;
            }
            return x + x * (EXCESS + s * sum);
        }
        if (!(size < END)) {
            return size >= END ? Math.copySign(1, x) : x;
        }
        int k = (int) (4 * size + 0.5) - FIRST;
        double t = size - (k + FIRST) / 4.0;
        double[] c = TAYLOR[k];
        double sum = c[degree];
        for (int n = degree - 1; n > 0; n--) {
            sum = c[n] + t * sum;
        }
        return Math.copySign(AT_GRID[k] + (t * sum + REST[k]), x);
    }

    /**
     * {@return 1 - erf(x + rest), with a small relative error}
     *
     * @param x from 0 to 4.1
     * @param rest added to x, less than a unit in its last place
     */
    static double complement(double x, double rest) {
        if (x < 0.375) {
            return 1 - (of(x, TERMS, DEGREE) + TWO_OVER_ROOT_PI * rest);
        }
        int k = Math.min((int) (4 * x + 0.5) - FIRST, COMPLEMENT.length - 1);
        double t = x - (k + FIRST) / 4.0 + rest;
        double[] c = TAYLOR[k];
        double sum = c[COMPLEMENT_DEGREE];
        for (int n = COMPLEMENT_DEGREE - 1; n > 0; n--) {
            sum = c[n] + t * sum;
        }
        return COMPLEMENT[k] - t * sum;
    }

    /** 2/sqrt(pi) (-1)^n / (n! (2n + 1)), the coefficient of x^(2n + 1). */
    private static double[] series() {
        double[] c = new double[TERMS + 1];
        double factor = TWO_OVER_ROOT_PI;
        for (int n = 1; n <= TERMS; n++) {
            factor /= -n;
            c[n] = factor / (2 * n + 1);
        }
        return c;
    }

    private static double[][] taylor() {
        double[][] all = new double[AT_GRID.length][COMPLEMENT_DEGREE + 1];
        for (int k = 0; k < all.length; k++) {
            double x = (k + FIRST) / 4.0;
            double before = 0;
            double hermite = 1;
            double factor = TWO_OVER_ROOT_PI * Math.exp(-x * x);
            for (int n = 1; n <= COMPLEMENT_DEGREE; n++) {
                factor /= n;
                all[k][n] = factor * hermite;
                factor = -factor;
                double next = 2 * x * hermite - 2 * (n - 1) * before;
                before = hermite;
                hermite = next;
            }
        }
        return all;
    }
}
