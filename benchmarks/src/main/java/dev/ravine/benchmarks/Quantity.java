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
    /** The same with classical momentum. */
    MOMENTUM_STEP,
    /** A step of Adam: gradient and update. */
    ADAM_STEP,
    /** A step of K-FAC with fixed rate and momentum, inverses included. */
    KFAC_FIXED_STEP,
    /** The same with factors that are updated every ten steps. */
    KFAC_FIXED_STEP_UPDATE_10,
    /** A step of K-FAC with exact rate and momentum, inverses included. */
    KFAC_STEP;

    /** The same product with nothing kept between calls, or null if there is no such variant. */
    Quantity fresh() {
        return this == HVP ? HVP_FRESH : this == GAUSS_NEWTON ? GAUSS_NEWTON_FRESH : null;
    }

    /** The quantity whose numbers this one computes. */
    Quantity kept() {
        return this == HVP_FRESH ? HVP : this == GAUSS_NEWTON_FRESH ? GAUSS_NEWTON : this;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
