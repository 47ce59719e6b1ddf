package dev.ravine.optim;

/** Ranges of settings. */
final class Check {
    private Check() {}

    static double positive(String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be positive and finite, found " + value);
        }
        return value;
    }

    static double fraction(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(what + " must be from 0 to below 1, found " + value);
        }
        return value;
    }

    static double growth(String what, double factor) {
        if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must be at least 1 and finite, found " + factor);
        }
        return factor;
    }

    static int notNegative(String what, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " must not be negative, found " + value);
        }
        return value;
    }

    static double notNegative(String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(what + " must not be negative and must be finite, found " + value);
        }
        return value;
    }

    /** A setting of one step, not negative and below a limit. */
    static void scheduled(String what, double value, double limit, long step) {
        if (!(value >= 0 && value < limit)) {
            throw new IllegalArgumentException(what + " of step " + (step + 1) + " must be from 0 to below " + limit
                    + ", found " + value + "; change its schedule");
        }
    }

    /** A momentum of one step, counted from 0. */
    static double momentum(Schedule momentum, long step) {
        double mu = momentum.at(step);
        scheduled("the momentum", mu, 1, step);
        return mu;
    }

    static long atLeastOne(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, found " + value);
        }
        return value;
    }

    static int atLeastOne(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, found " + value);
        }
        return value;
    }

    /** Of a matrix that is written out: 16,383 rows of doubles fill the largest array. */
    static int order(int value) {
        if (value < 1 || value > 16_383) {
            throw new IllegalArgumentException("the limit must be from 1 to 16383, found " + value);
        }
        return value;
    }
}
