package dev.ravine.core.kernels;

/**
 * The distribution function of the standard normal distribution, with a small relative error in the left tail too: for
 * negative x it is the density at x times Mills' ratio M(y), y = -x, the quotient of tail and density.
 *
 * <p>Single precision: M(y) is t times a polynomial in t = 1 / (1 + 0.3 y), fitted for the least relative error up to y
 * = 15 (4e-9). Double precision: {@link ErrorFunction} up to y = 5.6, then Laplace's continued fraction of M(y).
 */
final class NormalDistribution implements UnaryFunction {
    static final NormalDistribution FUNCTION = new NormalDistribution();

    private static final double ROOT_HALF = Math.sqrt(0.5);

    /** What rounding took away from the square root of 1/2 (mpmath 1.3). */
    private static final double ROOT_HALF_REST = -4.833646656726457e-17;

    private static final double DENSITY_AT_ZERO = 1 / Math.sqrt(2 * Math.PI);

    /** From here on the left tail is a continued fraction. */
    private static final double TAIL = 5.6;

    /** At the beginning of the tail, these leave less than the unit roundoff. */
    private static final int FRACTIONS = 40;

    /** From here on the tail is 0 in double precision. */
    private static final double END = 40;

    /** From here on the tail is 0 in single precision. */
    private static final float SINGLE_END = 14.5f;

    private NormalDistribution() {}

    @Override
    public void apply(float[] x, float[] y, int n, Scratch scratch) {
        float[] power = scratch.second;
        for (int i = 0; i < n; i++) {
            float v = Math.min(Math.abs(x[i]), SINGLE_END);
            power[i] = -0.5f * (v * v);
        }
        Exponential.apply(power, power, n, scratch);
        float[] tail = scratch.first;
        for (int i = 0; i < n; i++) {
            // The square's own rounding error belongs to the exponent.
            float v = Math.min(Math.abs(x[i]), SINGLE_END);
            float rest = Math.fma(v, v, -(v * v));
            tail[i] = (float) DENSITY_AT_ZERO * (power[i] - 0.5f * rest * power[i]);
        }
        for (int i = 0; i < n; i++) {
            float t = 1 / (1 + 0.3f * Math.min(Math.abs(x[i]), SINGLE_END));
            float u = t * 2.4444444f - 1.4444444f;
            float p = 5.44227e-6f + u * -1.6758178e-5f;
            p = 2.1212839e-4f + u * p;
            p = -1.217915e-4f + u * p;
            p = -0.0026010873f + u * p;
            p = -6.804062e-4f + u * p;
            p = 0.038747348f + u * p;
            p = 0.17098416f + u * p;
            p = 0.40778628f + u * p;
            p = 0.6389988f + u * p;
            tail[i] *= t * p;
        }
        for (int i = 0; i < n; i++) {
            // 0 or 1 in front; the sign of x decides without a branch.
            float above = Math.max(0f, Math.min(1f, x[i] * Float.MAX_VALUE * Float.MAX_VALUE));
            y[i] = above + (1 - 2 * above) * tail[i];
        }
    }

    @Override
    public void apply(double[] x, double[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = of(x[i]);
        }
    }

    private static double of(double x) {
        double size = Math.abs(x);
        if (!(size < END)) {
            return Double.isNaN(x) ? x : x > 0 ? 1 : 0;
        }
        double tail = size < TAIL ? ErrorFunction.complement(size * ROOT_HALF, rest(size)) / 2 : fraction(size);
        return x > 0 ? 1 - tail : tail;
    }

    /** What rounding took away from size times the square root of 1/2. */
    private static double rest(double size) {
        return Math.fma(size, ROOT_HALF, -(size * ROOT_HALF)) + size * ROOT_HALF_REST;
    }

    /** The density times 1 / (y + 1 / (y + 2 / (y + 3 / ...))). */
    private static double fraction(double y) {
        double below = y;
        for (int k = FRACTIONS; k > 0; k--) {
            below = y + k / below;
        }
        double square = y * y;
        double rest = Math.fma(y, y, -square);
        double density = DENSITY_AT_ZERO * Math.exp(-square / 2);
        return (density - density * rest / 2) / below;
    }
}
