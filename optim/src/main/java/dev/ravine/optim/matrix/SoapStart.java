package dev.ravine.optim.matrix;

/** What {@link Soap} does with its first gradient. */
public enum SoapStart {
    /** The basis is made from it, and theta stays: the first step is the second one. The published program. */
    SKIP_FIRST,
    /** The basis is made from it, and then the step, as in programs that waste no gradient. */
    USE_FIRST
}
