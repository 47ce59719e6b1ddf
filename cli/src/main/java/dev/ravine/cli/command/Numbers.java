package dev.ravine.cli.command;

import dev.ravine.cli.report.Figure;
import java.math.BigDecimal;

/** Numbers for people. */
final class Numbers {
    private Numbers() {}

    /** To four significant digits; whole numbers whole. */
    static String text(Number value) {
        return Figure.text(value);
    }

    /** A chosen value, as short as it was written. */
    static String chosen(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
