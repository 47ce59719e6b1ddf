package dev.ravine.core.kernels;

import dev.ravine.core.Elements;

/**
 * Dot products and norms of vectors of any size. The plain sum comes first and is nearly always right. Where it
 * overflowed, or is so small that its terms may have underflowed, it is computed again from numbers that were scaled by
 * powers of 2.
 */
final class ScaledSums {
    /** The smallest normal number divided by the unit roundoff: terms that underflow do not matter above this. */
    private static final double SAFE = 0x1p-969;

    private ScaledSums() {}

    static double dot(Elements x, Elements y, int from, int to) {
        double plain = VectorLoops.sumOfProducts(x, y, from, to);
        if (isSafe(plain) || x instanceof Elements.Floats) {
            return plain;
        }
        double largestX = largest(x, from, to);
        double largestY = largest(y, from, to);
        if (!isScalable(largestX) || !isScalable(largestY)) {
            return plain;
        }
        int exponentX = Math.getExponent(largestX);
        int exponentY = Math.getExponent(largestY);
        double scaleX = Math.scalb(1.0, -exponentX);
        double scaleY = Math.scalb(1.0, -exponentY);
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (x.get(i) * scaleX) * (y.get(i) * scaleY);
        }
        return Math.scalb(sum, exponentX + exponentY);
    }

    static double norm(Elements x) {
        return norm(x, VectorLoops.sumOfProducts(x, x, 0, x.size()));
    }

    /** The norm, given the plain sum of squares. */
    static double norm(Elements x, double plain) {
        double largest = isSafe(plain) ? 0 : largest(x, 0, x.size());
        if (!isScalable(largest)) {
            return Math.sqrt(plain);
        }
        int exponent = Math.getExponent(largest);
        double scale = Math.scalb(1.0, -exponent);
        double sum = 0;
        for (int i = 0; i < x.size(); i++) {
            double scaled = x.get(i) * scale;
            sum += scaled * scaled;
        }
        return Math.scalb(Math.sqrt(sum), exponent);
    }

    private static boolean isSafe(double sum) {
        return Math.abs(sum) >= SAFE && Double.isFinite(sum);
    }

    /** The largest absolute value, or NaN if there is one. */
    private static double largest(Elements x, int from, int to) {
        double largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(x.get(i)));
        }
        return largest;
    }

    private static boolean isScalable(double largest) {
        return largest > 0 && Double.isFinite(largest);
    }
}
