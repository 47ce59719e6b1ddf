package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;

/**
 * Settings of optimizers that divide by a root of squared gradients.
 *
 * @param <B> the builder itself
 */
abstract class RootBuilder<B extends RootBuilder<B>> extends FirstOrder.Builder<B> {
    double epsilon;

    RootBuilder(double learningRate, double epsilon) {
        super(learningRate);
        this.epsilon = epsilon;
    }

    /**
     * The number that keeps the denominator from 0. Adadelta's first steps are about its root long.
     *
     * @param value positive
     * @return this
     */
    public final B epsilon(double value) {
        this.epsilon = Check.positive("epsilon", value);
        return self();
    }
}
