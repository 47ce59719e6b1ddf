package dev.ravine.cli.report;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Formats numbers for people, with the same digits on the console, in text and on the page: four significant digits,
 * all digits of the integer part up to a million, and a power of ten for very small or large numbers. The page's script
 * does the same.
 */
public final class Figure {
    private static final int DIGITS = 4;
    private static final double LARGEST_PLAIN = 1e6;
    private static final double LARGEST_WHOLE = 1e9;
    private static final int SMALLEST_PLAIN_EXPONENT = -4;
    private static final int FEWEST_SUPPORTED = 2;
    private static final int MOST_SUPPORTED = 10;
    private static final Pattern POWER = Pattern.compile("(-?[0-9.]+)e(-?[0-9]+)");
    private static final String NORMAL = "0123456789-";
    private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";

    /** With what the name of a percentage ends. */
    public static final String PERCENT = " %";

    private Figure() {}

    /**
     * Writes a figure after its name.
     *
     * @param name with its unit at the end, if it is a percentage
     * @param value the figure
     * @return such as "test accuracy 94.20 %" or "loss 0.06960"
     */
    public static String named(String name, double value) {
        return label(name) + " " + withUnit(name, value);
    }

    /**
     * The name without its unit, which stands with the figures.
     *
     * @param name such as "test accuracy %"
     * @return such as "test accuracy"
     */
    public static String label(String name) {
        return name.endsWith(PERCENT) ? name.substring(0, name.length() - PERCENT.length()) : name;
    }

    /**
     * Writes a figure with its unit.
     *
     * @param name with its unit at the end, if it is a percentage
     * @param value the figure
     * @return such as "94.20 %" or "0.06960"
     */
    public static String withUnit(String name, double value) {
        return name.endsWith(PERCENT) && Math.abs(value) < 1000
                ? String.format(Locale.ROOT, "%.2f %%", value)
                : text(value) + (name.endsWith(PERCENT) ? PERCENT : "");
    }

    /**
     * Writes a number in plain characters.
     *
     * @param number any; integers stay whole
     * @return such as 0.06960, 91,602 or 1.500e-30
     */
    public static String text(Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof BigInteger) {
            return grouped(new BigDecimal(number.toString()));
        }
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "not a number" : value > 0 ? "infinite" : "minus infinite";
        }
        if (value == Math.rint(value) && Math.abs(value) < LARGEST_WHOLE) {
            return grouped(new BigDecimal(value));
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal rounded = exact.round(new MathContext(DIGITS));
        if (rounded.abs().doubleValue() >= 1000 && Math.abs(value) < LARGEST_PLAIN) {
            return grouped(exact.setScale(0, RoundingMode.HALF_EVEN));
        }
        return written(rounded, DIGITS);
    }

    /**
     * Writes as many digits of a number as its error supports, from two to ten.
     *
     * @param value the number
     * @param error by how much it may be wrong
     * @param rounding such as up, where the number is an upper bound
     * @return such as 7.95475 for 7.954753 with an error of 5e-6
     */
    public static String supported(double value, double error, RoundingMode rounding) {
        if (value == 0 || !Double.isFinite(value)) {
            return text(value);
        }
        double digits =
                error > 0 ? Math.floor(Math.log10(Math.abs(value))) - Math.ceil(Math.log10(error)) + 1 : MOST_SUPPORTED;
        int kept = (int) Math.max(FEWEST_SUPPORTED, Math.min(MOST_SUPPORTED, digits));
        return written(new BigDecimal(value).round(new MathContext(kept, rounding)), kept);
    }

    /**
     * Writes a round number as short as it is.
     *
     * @param value such as a tolerance, of which one digit counts
     * @return such as 0.1 or 1e-6
     */
    public static String brief(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(1));
        int exponent = rounded.precision() - rounded.scale() - 1;
        return exponent >= -2 && exponent < DIGITS
                ? rounded.toPlainString()
                : rounded.movePointLeft(exponent).toPlainString() + "e" + exponent;
    }

    /**
     * Writes a chosen value as short as it was chosen, without a power of ten.
     *
     * @param value such as a weight of L2
     * @return such as 0.0005
     */
    public static String chosen(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    /**
     * Writes a number as typography has it: a real minus, and raised powers of ten.
     *
     * @param number any
     * @return the same digits as {@link #text}
     */
    static String of(Number number) {
        double value = number.doubleValue();
        return Double.isInfinite(value) ? (value > 0 ? "∞" : "−∞") : raised(text(number));
    }

    /** What {@link #text} wrote, as typography has it. */
    static String raised(String text) {
        Matcher power = POWER.matcher(text);
        if (!power.matches()) {
            return text.replaceFirst("^-", "−");
        }
        StringBuilder out = new StringBuilder(power.group(1).replace('-', '−')).append("×10");
        power.group(2).chars().forEach(c -> out.append(RAISED.charAt(NORMAL.indexOf(c))));
        return out.toString();
    }

    /** Zeros at the end are significant, but a whole number needs none. */
    private static String written(BigDecimal rounded, int digits) {
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < SMALLEST_PLAIN_EXPONENT || rounded.abs().doubleValue() >= LARGEST_PLAIN) {
            return rounded.movePointLeft(exponent).setScale(digits - 1, RoundingMode.HALF_EVEN) + "e" + exponent;
        }
        boolean isWhole = rounded.stripTrailingZeros().scale() <= 0;
        return isWhole
                ? grouped(rounded)
                : rounded.setScale(digits - 1 - exponent, RoundingMode.HALF_EVEN)
                        .toPlainString();
    }

    private static String grouped(BigDecimal value) {
        return new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }
}
