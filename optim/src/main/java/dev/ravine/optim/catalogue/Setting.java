package dev.ravine.optim.catalogue;

import dev.ravine.core.Check;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A setting of a kind of optimizer, as it is written on a command line: {@code key=value}.
 *
 * @param <T> the type of its values
 */
public final class Setting<T> {
    /** What is shown as the default of a setting that does nothing unless it is given. */
    public static final String UNSET = "none";

    private static final Pattern DECIMAL =
            Pattern.compile("NaN|[-+]?(Infinity|([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?)");
    private static final int LONGEST_PLAIN = 8;
    private static final int DIGITS = 6;

    private final String key;
    private final Type<T> type;
    private final T initial;
    private final String help;

    /** How values are read, written and limited. */
    private record Type<T>(
            String text, String range, Function<String, T> read, Function<T, String> write, Predicate<T> contains) {}

    private Setting(String key, Type<T> type, T initial, String help) {
        if (!key.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException(
                    "the key of a setting must be of small letters, digits and '-', found '" + key + "'");
        }
        this.key = key;
        this.type = type;
        this.initial = initial;
        this.help = Objects.requireNonNull(help, "help");
    }

    /**
     * {@return a setting whose values are numbers}
     *
     * @param key such as {@code lr}
     * @param initial its default; null if the setting does nothing unless it is given
     * @param range of its values
     * @param help what it does, in a line
     */
    public static Setting<Double> number(String key, Double initial, Range range, String help) {
        Type<Double> type = new Type<>(
                "a number",
                range.text(),
                Setting::parse,
                Setting::text,
                value -> range.contains().test(value));
        return new Setting<>(key, type, initial, help);
    }

    /**
     * {@return a setting whose values are whole numbers}
     *
     * @param key such as {@code batch}
     * @param initial its default; null if the setting does nothing unless it is given
     * @param range of its values
     * @param help what it does, in a line
     */
    public static Setting<Integer> integer(String key, Integer initial, Range range, String help) {
        Type<Integer> type = new Type<>(
                "an integer",
                range.text(),
                Integer::parseInt,
                String::valueOf,
                value -> range.contains().test(value));
        return new Setting<>(key, type, initial, help);
    }

    /**
     * {@return a setting whose values are constants, written in small letters with '-'}
     *
     * @param <E> their type
     * @param key such as {@code curvature}
     * @param initial its default
     * @param values those that can be chosen, in the order in which they are listed
     * @param help what it does, in a line
     */
    public static <E extends Enum<E>> Setting<E> constant(String key, E initial, List<E> values, String help) {
        return choice(
                key, initial, values, c -> c.name().toLowerCase(Locale.ROOT).replace('_', '-'), help);
    }

    /**
     * {@return a setting that is off or on}
     *
     * @param key such as {@code schedule}
     * @param initial its default
     * @param help what it does, in a line
     */
    public static Setting<Boolean> onOff(String key, boolean initial, String help) {
        return choice(key, initial, List.of(false, true), on -> on ? "on" : "off", help);
    }

    /**
     * {@return a setting whose values have a form of their own, without a default}
     *
     * @param <T> the type of its values
     * @param key such as {@code average}
     * @param forms of its values, in words
     * @param read reads a value; an {@link IllegalArgumentException} says why a text is none, and names the forms
     * @param help what it does, in a line
     */
    public static <T> Setting<T> text(String key, String forms, Function<String, T> read, String help) {
        return new Setting<>(key, new Type<>(forms, forms, read, String::valueOf, value -> true), null, help);
    }

    private static <T> Setting<T> choice(
            String key, T initial, List<T> values, Function<T, String> write, String help) {
        List<String> names = Check.noNulls("the values of " + key, values).stream()
                .map(write)
                .toList();
        String all = String.join(", ", names);
        Function<String, T> read = text -> {
            int place = names.indexOf(text);
            if (place < 0) {
                throw new NumberFormatException("not one of " + all);
            }
            return values.get(place);
        };
        return new Setting<>(key, new Type<>("one of " + all, all, read, write, value -> true), initial, help);
    }

    /**
     * {@return a number that is written in decimal digits, NaN or Infinity} Java's own parser also takes hexadecimal
     * numbers, suffixes such as that of {@code 1f}, and space around a number, which are typing errors here.
     *
     * @param text as it was typed
     * @throws NumberFormatException if it is something else
     */
    public static double parse(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw new NumberFormatException("not a decimal number: '" + text + "'");
        }
        return Double.parseDouble(text);
    }

    /** {@return the name before the equals sign} */
    public String key() {
        return key;
    }

    /** {@return the values that it takes, in words} */
    public String range() {
        return type.range();
    }

    /** {@return the default, or empty if the setting does nothing unless it is given} */
    public Optional<T> initial() {
        return Optional.ofNullable(initial);
    }

    /** {@return the default as it is written, or {@link #UNSET}} */
    public String initialText() {
        return initial == null ? UNSET : type.write().apply(initial);
    }

    /** {@return what the setting does, in a line} */
    public String help() {
        return help;
    }

    /** Reads a value as it is written. The errors name the setting, its range and what was found. */
    T read(String text, String optimizer) {
        try {
            return type.read().apply(text);
        } catch (NumberFormatException e) {
            boolean isSaid = type.text().endsWith(type.range());
            throw new IllegalArgumentException(
                    of(optimizer) + " must be " + type.text() + ", found '" + text + "'"
                            + (isSaid ? "" : "; values are " + type.range()),
                    e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(of(optimizer) + ": " + e.getMessage(), e);
        }
    }

    /** Refuses a value that is out of range. */
    T check(T value, String optimizer) {
        if (!type.contains().test(value)) {
            throw new IllegalArgumentException(of(optimizer) + " must be " + type.range() + ", found " + value);
        }
        return value;
    }

    /** Its name in errors. */
    String of(String optimizer) {
        return "the setting " + key + " of " + optimizer;
    }

    /** {@return such as 0.001, and 1e-9 where there would be too many zeros} */
    static String text(double value) {
        String plain = rounded(value).toPlainString();
        return plain.length() > LONGEST_PLAIN ? scientific(value) : plain;
    }

    /** {@return such as 3e-5} */
    static String scientific(double value) {
        BigDecimal rounded = rounded(value);
        int exponent = rounded.precision() - rounded.scale() - 1;
        return rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
    }

    /** Nobody chooses a setting to more digits. */
    private static BigDecimal rounded(double value) {
        return new BigDecimal(value).round(new MathContext(DIGITS)).stripTrailingZeros();
    }

    @Override
    public String toString() {
        return key + "=" + initialText() + " (" + range() + "): " + help;
    }
}
