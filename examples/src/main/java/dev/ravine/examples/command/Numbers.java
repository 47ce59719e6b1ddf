package dev.ravine.examples.command;

import java.util.Locale;

/** Numbers for people. */
final class Numbers {
    private Numbers() {}

    /** To four significant digits. */
    static String text(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "not a number" : value > 0 ? "infinite" : "minus infinite";
        }
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
