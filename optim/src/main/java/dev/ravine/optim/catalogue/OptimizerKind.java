package dev.ravine.optim.catalogue;

import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import dev.ravine.optim.Averaged;
import dev.ravine.optim.Averaging;
import dev.ravine.optim.Optimizer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An optimizer that can be chosen by name.
 *
 * @param name of small letters, digits and '-', as in {@code newton-cg}
 * @param help what it does, in a line
 * @param settings what can be set, in the order in which they are listed
 * @param main the setting that tuning varies, one of these
 * @param maker makes the optimizer
 */
public record OptimizerKind(String name, String help, List<Setting<?>> settings, MainSetting main, Maker maker) {
    /** What every kind has beside its own settings: an average of its points ({@link Averaged}). */
    public static final Setting<Averaging> AVERAGE =
            Setting.text("average", Averaging.FORMS, Averaging::parse, "mean of points, measured beside the last one");

    /** Makes an optimizer from values of its settings. */
    @FunctionalInterface
    public interface Maker {
        /**
         * {@return an optimizer that has not stepped yet}
         *
         * @param values of the settings
         * @param net which it will train, initialized
         * @param seed of the order of examples and of noise
         * @throws IllegalArgumentException if a value is wrong or the net does not suit the optimizer
         */
        Optimizer make(SettingValues values, Module net, long seed);
    }

    /**
     * Checks names.
     *
     * @param name of small letters, digits and '-'
     * @param help what it does, in a line
     * @param settings with distinct keys; {@link #AVERAGE} is added
     * @param main one of these
     * @param maker makes the optimizer
     * @throws IllegalArgumentException if the name is not of these characters, two settings have one key, or the main
     *     one is missing
     */
    public OptimizerKind {
        if (!name.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException(
                    "the name of an optimizer must be of small letters, digits and '-', found '" + name + "'");
        }
        Objects.requireNonNull(help, "help");
        Objects.requireNonNull(maker, "maker");
        settings = Check.noNulls("the settings of " + name, settings);
        List<String> keys = settings.stream().map(Setting::key).toList();
        if (keys.contains(AVERAGE.key()) && !settings.contains(AVERAGE)) {
            throw new IllegalArgumentException(
                    "every optimizer has the setting " + AVERAGE.key() + "; give that of " + name + " another key");
        }
        if (keys.stream().distinct().count() < keys.size()) {
            throw new IllegalArgumentException("two settings of " + name + " have one key: " + keys);
        }
        if (!settings.contains(main.setting())) {
            throw new IllegalArgumentException(
                    "the main setting of " + name + " must be one of its settings, " + keys + ", found " + main.key());
        }
        if (!settings.contains(AVERAGE)) {
            settings = Stream.concat(settings.stream(), Stream.of(AVERAGE)).toList();
        }
    }

    /**
     * {@return an optimizer that has not stepped yet}
     *
     * @param given values as they are written, by the keys of settings; the others keep their defaults
     * @param net which it will train, initialized
     * @param seed of the order of examples and of noise
     * @throws IllegalArgumentException if a key is unknown, a value is wrong, or the net does not suit the optimizer
     */
    public Optimizer make(Map<String, String> given, Module net, long seed) {
        Check.noNullsIn("the values of settings of " + name, given)
                .forEach((key, value) -> requireKey(key, key + "=" + value));
        SettingValues values = new SettingValues(name, given);
        Optional<Averaging> averaging = values.isGiven(AVERAGE) ? Optional.of(values.get(AVERAGE)) : Optional.empty();
        Optimizer made = maker.make(values, net, seed);
        return averaging.isPresent() ? new Averaged(made, averaging.get()) : made;
    }

    /**
     * Refuses a setting that this kind does not have.
     *
     * @param key of a setting
     * @param written as it was written, for the error
     * @throws IllegalArgumentException listing all keys
     */
    public void requireKey(String key, String written) {
        if (settings.stream().noneMatch(s -> s.key().equals(key))) {
            String keys = settings.stream().map(s -> s.key() + "=").collect(Collectors.joining(", "));
            throw new IllegalArgumentException(
                    "'" + written + "' is not a setting of " + name + "; settings are " + keys);
        }
    }
}
