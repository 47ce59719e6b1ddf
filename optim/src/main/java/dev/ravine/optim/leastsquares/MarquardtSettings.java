package dev.ravine.optim.leastsquares;

import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;

/**
 * Settings of methods that damp by a number mu.
 *
 * @param <B> the builder itself
 */
abstract class MarquardtSettings<B extends MarquardtSettings<B>> extends FluentBuilder<B> {
    double mu;
    double muDec = 0.1;
    double muInc = 10;
    double muMax = 1e10;
    int limit = 4096;

    /** For subclasses, which have a first mu of their own. */
    MarquardtSettings(double mu) {
        this.mu = mu;
    }

    /**
     * The damping that the first step tries.
     *
     * @param first positive
     * @return this
     */
    public B mu(double first) {
        this.mu = Check.positive("mu", first);
        return self();
    }

    /**
     * The factor of mu after a step.
     *
     * @param factor above 0 and below 1; 0.1 without it
     * @return this
     */
    public B muDec(double factor) {
        this.muDec = Check.fraction("mu_dec", Check.positive("mu_dec", factor));
        return self();
    }

    /**
     * The factor of mu after a trial without decrease.
     *
     * @param factor above 1; 10 without it
     * @return this
     * @throws IllegalArgumentException if it is not above 1 and finite
     */
    public B muInc(double factor) {
        if (!(factor > 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("mu_inc must be above 1 and finite, so that mu grows, found " + factor);
        }
        this.muInc = factor;
        return self();
    }

    /**
     * The largest mu. Where it is reached without a decrease, there are no more steps.
     *
     * @param largest positive; 1e10 without it
     * @return this
     */
    public B muMax(double largest) {
        this.muMax = Check.positive("mu_max", largest);
        return self();
    }

    /**
     * The largest number of parameters to write a matrix out for.
     *
     * @param n from 1 to 16,383, where arrays end; 4,096 without it
     * @return this
     */
    public B limit(int n) {
        this.limit = Check.order(n);
        return self();
    }
}
