package dev.ravine.optim.catalogue;

import dev.ravine.nn.Module;
import java.util.Map;
import java.util.function.Consumer;

/** The values that were given for the settings of one optimizer, and the defaults of the others. */
public final class SettingValues {
    private final String optimizer;
    private final Map<String, String> given;

    /** Values as they are written, by the keys of settings. */
    SettingValues(String optimizer, Map<String, String> given) {
        this.optimizer = optimizer;
        this.given = Map.copyOf(given);
    }

    /**
     * {@return whether a value was given}
     *
     * @param setting of this optimizer
     */
    public boolean isGiven(Setting<?> setting) {
        return given.containsKey(setting.key());
    }

    /**
     * {@return the value that was given, or the default}
     *
     * @param <T> its type
     * @param setting of this optimizer
     * @throws IllegalArgumentException if the value cannot be read or is out of range, or is not given and has no
     *     default
     */
    public <T> T get(Setting<T> setting) {
        String text = given.get(setting.key());
        return text == null
                ? setting.initial()
                        .orElseThrow(() -> new IllegalArgumentException(
                                setting.of(optimizer) + " has no default; set it to a value: " + setting.range()))
                : setting.check(setting.read(text, optimizer), optimizer);
    }

    /**
     * Hands on a value that was given; does nothing otherwise, so that a builder keeps its own default.
     *
     * @param <T> its type
     * @param setting of this optimizer
     * @param set the method of a builder
     * @throws IllegalArgumentException if the value cannot be read or is out of range, or the builder refuses it
     */
    public <T> void ifGiven(Setting<T> setting, Consumer<T> set) {
        String text = given.get(setting.key());
        if (text == null) {
            return;
        }
        T value = setting.read(text, optimizer);
        try {
            set.accept(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting.of(optimizer) + ": " + e.getMessage(), e);
        }
        setting.check(value, optimizer);
    }

    /**
     * Refuses settings of which one means nothing without the other.
     *
     * @param first a setting
     * @param second another one
     * @throws IllegalArgumentException if exactly one is given
     */
    public void requireTogether(Setting<?> first, Setting<?> second) {
        if (isGiven(first) != isGiven(second)) {
            throw new IllegalArgumentException("the settings " + first.key() + " and " + second.key() + " of "
                    + optimizer + " belong together: set both");
        }
    }

    /**
     * Refuses a net whose matrix would be larger than a limit, before anything is trained.
     *
     * @param net whose parameters are the rows
     * @param limit the setting with the largest order
     * @param instead what to choose for large nets
     * @throws IllegalArgumentException if the net has more parameters
     */
    public void requireWithin(Module net, Setting<Integer> limit, String instead) {
        long n = net.parameterVector().size();
        int most = get(limit);
        if (n > most) {
            throw new IllegalArgumentException(optimizer + " would write out a matrix of " + n + " x " + n
                    + " numbers, the limit is " + most + ": raise it with the setting " + limit.key() + "=, or choose "
                    + instead);
        }
    }
}
