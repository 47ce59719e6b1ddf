package dev.ravine.optim.firstorder;

/**
 * Settings of optimizers that keep running means of the gradient and of its square.
 *
 * @param <B> the builder itself
 */
public abstract class MomentsBuilder<B extends MomentsBuilder<B>> extends FirstOrder.Builder<B> {
    private Moments moments;

    /**
     * For subclasses.
     *
     * @param learningRate unless set, positive
     * @param moments unless set
     */
    protected MomentsBuilder(double learningRate, Moments moments) {
        super(learningRate);
        this.moments = moments;
    }

    /** With betas 0.9 and 0.999 and epsilon 1e-8. */
    MomentsBuilder(double learningRate) {
        this(learningRate, new Moments(0.9, 0.999, 1e-8));
    }

    /** {@return the settings of the means so far} */
    protected final Moments moments() {
        return moments;
    }

    /**
     * How slowly the means forget.
     *
     * @param first of the gradient, from 0 to below 1
     * @param second of its square, or of what is kept in its place, from 0 to below 1
     * @return this
     */
    public final B betas(double first, double second) {
        this.moments = moments.withBetas(first, second);
        return self();
    }

    /**
     * The number that keeps the denominator from 0.
     *
     * @param value positive
     * @return this
     */
    public final B epsilon(double value) {
        this.moments = moments.withEpsilon(value);
        return self();
    }
}
