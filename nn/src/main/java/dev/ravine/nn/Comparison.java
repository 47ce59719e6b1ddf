package dev.ravine.nn;

import dev.ravine.autodiff.ContractViolation;
import java.util.stream.DoubleStream;

/**
 * Compares numbers and words a violation, for {@link ModuleContract}.
 *
 * @param where layer, mode, dtype and input, for messages
 * @param tolerance of the largest expected number, or of 1 if that is larger
 */
record Comparison(String where, double tolerance) {
    /** {@return a violation that says what was checked, what was expected and what was found} */
    ContractViolation violation(String check, Object expected, Object found) {
        return new ContractViolation(where + ": " + check + ": expected " + expected + ", found " + found);
    }

    /** Requires numbers to be equal within the tolerance. */
    void compare(String check, double[] expected, double... found) {
        compare(check, tolerance, expected, found);
    }

    /** Requires numbers to be equal. */
    void same(String check, double[] expected, double... found) {
        compare(check, 0, expected, found);
    }

    private void compare(String check, double allowed, double[] expected, double... found) {
        if (found.length != expected.length) {
            throw violation(check, expected.length + " numbers", found.length);
        }
        double scale = allowed
                * Math.max(1, DoubleStream.of(expected).map(Math::abs).max().orElse(1));
        for (int i = 0; i < found.length; i++) {
            if (!(Math.abs(found[i] - expected[i]) <= scale)) {
                String within = scale > 0 ? " within " + scale : "";
                throw violation(check + ", element " + i, expected[i] + within, found[i]);
            }
        }
    }

    /** Requires numbers to be finite. */
    void finite(String check, double... found) {
        for (int i = 0; i < found.length; i++) {
            if (!Double.isFinite(found[i])) {
                throw violation(check + ", element " + i, "a finite number", found[i]);
            }
        }
    }
}
