package dev.ravine.optim.catalogue;

import java.util.function.DoublePredicate;

/**
 * The numbers that a setting takes.
 *
 * @param text in words, as in {@code above 0}
 * @param contains whether a number is in the range
 */
public record Range(String text, DoublePredicate contains) {
    /** {@return the finite numbers above 0} */
    public static Range positive() {
        return above(0);
    }

    /**
     * {@return the finite numbers above a bound}
     *
     * @param low not included
     */
    public static Range above(int low) {
        return new Range("above " + low, x -> x > low && x < Double.POSITIVE_INFINITY);
    }

    /**
     * {@return the finite numbers from a bound on}
     *
     * @param low included
     */
    public static Range atLeast(int low) {
        return new Range("at least " + low, x -> x >= low && x < Double.POSITIVE_INFINITY);
    }

    /**
     * {@return the numbers between two bounds}
     *
     * @param low included
     * @param high included
     */
    public static Range between(int low, int high) {
        return new Range("from " + low + " to " + high, x -> x >= low && x <= high);
    }

    /** {@return the numbers from 0 to below 1} */
    public static Range fraction() {
        return new Range("from 0 to below 1", x -> x >= 0 && x < 1);
    }

    /** {@return the numbers above 0 and below 1} */
    public static Range openFraction() {
        return new Range("above 0 and below 1", x -> x > 0 && x < 1);
    }

    @Override
    public String toString() {
        return text;
    }
}
