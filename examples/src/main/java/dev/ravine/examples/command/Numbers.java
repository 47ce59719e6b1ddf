package dev.ravine.examples.command;

import java.math.BigDecimal;
import java.util.Locale;

/** Numbers for people. */
final class Numbers {
    private static final double LARGEST_COUNT = 1e6;

    private Numbers() {}

    /** To four significant digits; whole numbers whole. */
    static String text(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "not a number" : value > 0 ? "infinite" : "minus infinite";
        }
        if (isWhole(value)) {
            return Long.toString((long) value);
        }
        String text = String.format(Locale.ROOT, "%.4g", value);
        double rounded = Double.parseDouble(text);
        return isWhole(rounded) ? Long.toString((long) rounded) : text;
    }

    private static boolean isWhole(double value) {
        return value == Math.rint(value) && Math.abs(value) < LARGEST_COUNT;
    }

    /** A chosen value, as short as it was written. */
    static String chosen(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
