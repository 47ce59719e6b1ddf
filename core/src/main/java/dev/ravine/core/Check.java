package dev.ravine.core;

/**
 * Ranges of settings: each method returns the value, or throws {@link IllegalArgumentException} that names the setting.
 */
public final class Check {
    private Check() {}

    /**
     * {@return a positive finite number}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static double positive(String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be positive and finite, found " + value);
        }
        return value;
    }

    /**
     * {@return a number from 0 to below 1}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static double fraction(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(what + " must be from 0 to below 1, found " + value);
        }
        return value;
    }

    /**
     * {@return a finite number of at least 1}
     *
     * @param what the name of the setting
     * @param factor its value
     */
    public static double growth(String what, double factor) {
        if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be at least 1 and finite, found " + factor);
        }
        return factor;
    }

    /**
     * {@return a number of at least 0}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static int notNegative(String what, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " must not be negative, found " + value);
        }
        return value;
    }

    /**
     * {@return a finite number of at least 0}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static double notNegative(String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must not be negative and must be finite, found " + value);
        }
        return value;
    }

    /**
     * {@return a number of at least 1}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static long atLeastOne(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, found " + value);
        }
        return value;
    }

    /**
     * {@return a number of at least 1}
     *
     * @param what the name of the setting
     * @param value its value
     */
    public static int atLeastOne(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, found " + value);
        }
        return value;
    }

    /**
     * {@return the largest order of an explicit matrix, from 1 to 16,383; a square matrix of doubles of that order
     * fills the largest array}
     *
     * @param value the limit
     */
    public static int order(int value) {
        if (value < 1 || value > 16_383) {
            throw new IllegalArgumentException("the limit must be from 1 to 16383, found " + value);
        }
        return value;
    }
}
