package dev.ravine.core.kernels;

/**
 * e^x in single precision for a chunk: 2^k e^r with k an integer and |r| up to ln 2 / 2. The Taylor series of e^r up to
 * r^7 leaves a relative error of 5e-9 before rounding; 2^k is put together from its bits, as two factors, so that
 * results that overflow become infinite and those that underflow become 0.
 */
final class Exponential {
    private static final float LOG2_E = 1.442695f;

    /** ln 2 in two parts; the first has few bits, so that an integer times it is exact. */
    private static final float LN2_HIGH = 0x1.63p-1f;

    private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);

    /** Adding this rounds to an integer, which then stands in the low bits. */
    private static final float ROUNDING = 12582912f;

    private static final int ROUNDING_BITS = 0x4B400000;

    private Exponential() {}

    static void apply(float[] x, float[] y, int n, Scratch scratch) {
        float[] limited = scratch.floats[2];
        float[] rounded = scratch.first;
        for (int i = 0; i < n; i++) {
            float v = Math.max(-172f, Math.min(172f, x[i]));
            limited[i] = v;
            rounded[i] = v * LOG2_E + ROUNDING;
        }
        int[] low = scratch.bits;
        int[] high = scratch.otherBits;
        scratch.toBits(rounded, low, n);
        for (int i = 0; i < n; i++) {
            int exponent = low[i] - ROUNDING_BITS;
            int half = exponent >> 1;
            high[i] = (exponent - half + 127) << 23;
            low[i] = (half + 127) << 23;
        }
        for (int i = 0; i < n; i++) {
            float k = rounded[i] - ROUNDING;
            float r = limited[i] - k * LN2_HIGH - k * LN2_LOW;
            float p = 1 / 720f + r * (1 / 5040f);
            p = 1 / 120f + r * p;
            p = 1 / 24f + r * p;
            p = 1 / 6f + r * p;
            p = 1 / 2f + r * p;
            rounded[i] = 1 + (r + r * r * p);
        }
        float[] powers = scratch.floats[3];
        scratch.toFloats(low, powers, n);
        for (int i = 0; i < n; i++) {
            rounded[i] *= powers[i];
        }
        scratch.toFloats(high, powers, n);
        for (int i = 0; i < n; i++) {
            y[i] = rounded[i] * powers[i];
        }
    }
}
