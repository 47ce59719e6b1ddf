package dev.ravine.optim.linear;

import dev.ravine.core.DType;

/** Units for numbers whose squares would overflow or underflow. Division by a power of two changes no digit. */
public final class PowerOfTwo {
    /**
     * Sums of squares of numbers up to this are far from overflow, those of larger ones than its inverse from
     * underflow, also where a matrix of elements up to 1e240, or down to 1e-240, stands between the two factors.
     */
    private static final double LARGE = 0x1p100;

    /** The same for vectors in single precision, whose products with a matrix have the square of their size. */
    private static final double LARGE_SINGLE = 0x1p40;

    private PowerOfTwo() {}

    /**
     * {@return a power of two near a size if squares of that size are near the ends of the range of numbers, else 1}
     *
     * @param size of a number or vector, not negative
     */
    public static double unitOf(double size) {
        return unitOf(size, LARGE);
    }

    /**
     * {@return the same for a vector that is computed with in its own precision}
     *
     * @param size of the vector, not negative
     * @param dtype of the vector
     */
    public static double unitOf(double size, DType dtype) {
        return unitOf(size, dtype == DType.FLOAT32 ? LARGE_SINGLE : LARGE);
    }

    private static double unitOf(double size, double large) {
        boolean isExtreme = size > large || (size < 1 / large && size > 0);
        return isExtreme && Double.isFinite(size) ? Math.scalb(1.0, clamp(Math.getExponent(size))) : 1;
    }

    /** So that the inverse is a normal number as well. */
    private static int clamp(int exponent) {
        return Math.max(-1000, Math.min(exponent, 1000));
    }
}
