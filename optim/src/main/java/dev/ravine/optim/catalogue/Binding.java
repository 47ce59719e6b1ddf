package dev.ravine.optim.catalogue;

import dev.ravine.nn.Module;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Settings of the catalogue and the method of an optimizer's builder that takes them.
 *
 * @param <B> the builder
 */
public final class Binding<B> {
    private final List<Setting<?>> settings;
    private final Setter<B> setter;

    /** Hands values on to a builder. */
    private interface Setter<B> {
        void set(B builder, SettingValues values, Module net);
    }

    /**
     * Takes two values at once.
     *
     * @param <B> the builder
     * @param <S> the type of the first value
     * @param <T> the type of the second value
     */
    @FunctionalInterface
    public interface Both<B, S, T> {
        /**
         * Sets both.
         *
         * @param builder of an optimizer
         * @param first value
         * @param second value
         */
        void set(B builder, S first, T second);
    }

    private Binding(List<Setting<?>> settings, Setter<B> setter) {
        this.settings = settings;
        this.setter = Objects.requireNonNull(setter, "setter");
    }

    /**
     * A setting that is handed on where it is given.
     *
     * @param setting whose default is the builder's
     * @param set the builder's method
     * @param <B> the builder
     * @param <T> the type of its values
     * @return a binding
     */
    public static <B, T> Binding<B> of(Setting<T> setting, BiConsumer<B, T> set) {
        return new Binding<>(
                List.of(setting),
                (builder, values, net) -> values.ifGiven(setting, value -> set.accept(builder, value)));
    }

    /**
     * Two settings that the builder takes together. Both are handed on, given or not.
     *
     * @param first setting, with a default
     * @param second setting, with a default
     * @param set the builder's method
     * @param <B> the builder
     * @param <S> the type of the first value
     * @param <T> the type of the second value
     * @return a binding
     */
    public static <B, S, T> Binding<B> of(Setting<S> first, Setting<T> second, Both<B, S, T> set) {
        return new Binding<>(
                List.of(first, second),
                (builder, values, net) -> set.set(builder, values.get(first), values.get(second)));
    }

    /**
     * A setting whose value means something for one net only, handed on where it is given.
     *
     * @param setting whose default is the builder's
     * @param set takes the net too
     * @param <B> the builder
     * @param <T> the type of its values
     * @return a binding
     */
    public static <B, T> Binding<B> ofNet(Setting<T> setting, Both<B, T, Module> set) {
        return new Binding<>(
                List.of(setting),
                (builder, values, net) -> values.ifGiven(setting, value -> set.set(builder, value, net)));
    }

    /** {@return the settings, in the order in which they are listed} */
    public List<Setting<?>> settings() {
        return settings;
    }

    /**
     * Hands the values on.
     *
     * @param builder of an optimizer
     * @param values of the settings
     * @param net which is trained
     */
    public void apply(B builder, SettingValues values, Module net) {
        setter.set(builder, values, net);
    }
}
