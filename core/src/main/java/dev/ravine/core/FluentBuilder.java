package dev.ravine.core;

/**
 * A builder whose methods return the builder itself, so that calls can be chained, as the type of its last subclass.
 *
 * @param <B> that subclass
 */
public abstract class FluentBuilder<B extends FluentBuilder<B>> {
    /** For subclasses. */
    protected FluentBuilder() {}

    /** {@return this, as the type that all methods return} */
    @SuppressWarnings("unchecked")
    protected final B self() {
        return (B) this;
    }
}
