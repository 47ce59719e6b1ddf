package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;

/**
 * Settings of optimizers that keep running means of the gradient and of its square.
 *
 * @param <B> the builder itself
 */
abstract class MomentsBuilder<B extends MomentsBuilder<B>> extends FirstOrder.Builder<B> {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;

    MomentsBuilder(double learningRate) {
        super(learningRate);
    }

    /**
     * How slowly the means forget.
     *
     * @param first of the gradient, from 0 to below 1
     * @param second of its square (its size for Adamax), from 0 to below 1
     * @return this
     */
    public final B betas(double first, double second) {
        this.beta1 = Check.fraction("beta1", first);
        this.beta2 = Check.fraction("beta2", second);
        return self();
    }

    /**
     * The number that keeps the denominator from 0.
     *
     * @param value positive
     * @return this
     */
    public final B epsilon(double value) {
        this.epsilon = Check.positive("epsilon", value);
        return self();
    }
}
