package dev.ravine.optim.catalogue;

import dev.ravine.core.Check;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The setting of a kind of optimizer that matters most, and the values to try for it.
 *
 * @param setting the setting
 * @param list the values to try; empty for five decades around the value that is in use
 */
public record MainSetting(Setting<?> setting, List<String> list) {
    private static final double[] DECADES = {0.01, 0.1, 1, 10, 100};

    /**
     * Copies the list.
     *
     * @param setting any
     * @param list values as they are written; empty for decades
     */
    public MainSetting {
        list = Check.noNulls("the values of a setting", list);
    }

    /**
     * {@return a setting that is tried at a hundredth, a tenth, once, ten and a hundred times its value}
     *
     * @param setting with a default
     */
    public static MainSetting decades(Setting<Double> setting) {
        if (setting.initial().isEmpty()) {
            throw new IllegalArgumentException(
                    "decades need a value to begin from: give " + setting.key() + " a default");
        }
        return new MainSetting(setting, List.of());
    }

    /**
     * {@return a setting that is tried at some values, and at the one in use}
     *
     * @param setting any
     * @param values as they are written
     */
    public static MainSetting list(Setting<?> setting, String... values) {
        return new MainSetting(setting, List.of(Check.noNullsIn("the values of a setting", values)));
    }

    /** {@return the key of the setting} */
    public String key() {
        return setting.key();
    }

    /** {@return whether the values are decades, so that a better one may lie beyond the largest or smallest} */
    public boolean isNumber() {
        return list.isEmpty();
    }

    /**
     * {@return the values to try, written as the given one is}
     *
     * @param given the value in use, if one was given
     */
    public List<String> values(Optional<String> given) {
        if (!isNumber()) {
            return given.isEmpty() || list.contains(given.get())
                    ? list
                    : Stream.concat(list.stream(), given.stream()).toList();
        }
        String centre = given.orElse(setting.initialText());
        double value = Double.parseDouble(centre);
        DoubleFunction<String> write = centre.matches(".*[eE].*") ? Setting::scientific : Setting::text;
        return DoubleStream.of(DECADES)
                .mapToObj(factor -> factor == 1 ? centre : write.apply(value * factor))
                .toList();
    }
}
