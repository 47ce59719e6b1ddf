package dev.ravine.optim.firstorder;

import java.util.Map;

/**
 * Adamax (Kingma and Ba, ICLR 2015, section 7.1), Adam with the largest size of recent gradients in the place of their
 * root mean square, to PyTorch's conventions; at step t, from 1:
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * u = max(beta2 u, |g| + epsilon)
 * theta -= lr / (1 - beta1^t) m / u
 * </pre>
 *
 * <p>lr 0.002, beta1 0.9 and beta2 0.999 are the paper's, epsilon 1e-8 is PyTorch's.
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient, m and u.
 *
 * <p>Less disturbed than Adam by gradients that are zero most of the time, such as those of rare words, since small
 * gradients do not shrink u faster than beta2 does.
 */
public final class Adamax extends FirstOrder {
    private final Moments moments;

    private Adamax(Builder builder) {
        super(builder, "mean", "largest");
        this.moments = builder.moments();
    }

    /**
     * Begins with learning rate 0.002, betas 0.9 and 0.999, epsilon 1e-8, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        double corrected = rate / moments.meanCorrection(step);
        double beta1 = moments.beta1();
        double beta2 = moments.beta2();
        double epsilon = moments.epsilon();
        return (count, theta, gradient, state) -> {
            double[] m = state[0];
            double[] u = state[1];
            for (int i = 0; i < count; i++) {
                m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
                u[i] = Math.max(beta2 * u[i], Math.abs(gradient[i]) + epsilon);
                gradient[i] = corrected * m[i] / u[i];
            }
        };
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return moments.settings();
    }

    @Override
    public String name() {
        return nameOf("adamax");
    }

    /** Settings of {@link Adamax}. */
    public static final class Builder extends MomentsBuilder<Builder> {
        private Builder() {
            super(2e-3);
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Adamax build() {
            return new Adamax(this);
        }
    }
}
