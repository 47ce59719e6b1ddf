package dev.ravine.benchmarks;

/** What is computed and timed. */
enum Quantity {
    /** The loss. */
    FORWARD,
    /** The loss's gradient. */
    GRADIENT,
    /** A Hessian-vector product at a fixed point: whatever can be kept between products is kept. */
    HVP,
    /** A Hessian-vector product with nothing kept. */
    HVP_FRESH,
    /** A Gauss-Newton product at a fixed point: whatever can be kept between products is kept. */
    GAUSS_NEWTON,
    /** A Gauss-Newton product with nothing kept. */
    GAUSS_NEWTON_FRESH,
    /** A step of stochastic gradient descent: gradient and update. */
    SGD_STEP,
    /** A step of Adam: gradient and update. */
    ADAM_STEP;

    /** The same product with nothing kept between calls, or null if there is no such variant. */
    Quantity fresh() {
        return this == HVP ? HVP_FRESH : this == GAUSS_NEWTON ? GAUSS_NEWTON_FRESH : null;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
