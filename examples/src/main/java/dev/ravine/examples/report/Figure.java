package dev.ravine.examples.report;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** How a number is written for people: five significant digits, powers of ten where it is very small or large. */
final class Figure {
    private static final MathContext DIGITS = new MathContext(5);
    private static final String NORMAL = "0123456789-";
    private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";

    private Figure() {}

    static String of(Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof BigInteger) {
            return grouped(new BigDecimal(number.toString()));
        }
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return grouped(new BigDecimal(value));
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS);
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= 6 || exponent < -4) {
            return grouped(rounded.movePointLeft(exponent)) + "×10" + raised(exponent);
        }
        return grouped(rounded);
    }

    private static String grouped(BigDecimal value) {
        DecimalFormat format = new DecimalFormat("#,##0.#########", DecimalFormatSymbols.getInstance(Locale.ROOT));
        return format.format(value).replace('-', '−');
    }

    private static String raised(int exponent) {
        StringBuilder out = new StringBuilder();
        Integer.toString(exponent).chars().forEach(c -> out.append(RAISED.charAt(NORMAL.indexOf(c))));
        return out.toString();
    }
}
