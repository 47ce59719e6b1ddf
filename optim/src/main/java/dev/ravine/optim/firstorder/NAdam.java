package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import java.util.Map;

/**
 * NAdam, Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016) to
 * PyTorch's conventions; at step t, from 1, with mu_t = beta1 (1 - 0.96^(t psi) / 2) and M_t = mu_1 ... mu_t:
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g^2
 * d = (1 - mu_t) / (1 - M_t) g + mu_(t+1) / (1 - M_(t+1)) m
 * theta -= lr d / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p>lr 0.002, beta1 0.9, beta2 0.999, epsilon 1e-8 and psi 0.004 are PyTorch's. The momentum mu_t grows from half of
 * beta1 to beta1, and is in the report of each step.
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient, m and v.
 *
 * <p>Where Adam is good, and often somewhat faster at first, since a step already follows the newest gradient.
 */
public final class NAdam extends FirstOrder {
    private final Moments moments;
    private final double momentumDecay;
    /** M_t for the step {@code productStep}; a product of the numbers of all steps so far. */
    private double product = 1;

    private long productStep;

    private NAdam(Builder builder) {
        super(builder, "mean", "square");
        this.moments = builder.moments();
        this.momentumDecay = builder.momentumDecay;
    }

    /**
     * Begins with learning rate 0.002, betas 0.9 and 0.999, epsilon 1e-8, momentum decay 0.004, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        double mu = momentum(step);
        double next = momentum(step + 1);
        double soFar = product(step);
        return new Rule(
                rate * (1 - mu) / (1 - soFar),
                rate * next / (1 - soFar * next),
                moments.squareCorrection(step),
                mu,
                moments);
    }

    private double momentum(long step) {
        return moments.beta1() * (1 - 0.5 * Math.pow(0.96, step * momentumDecay));
    }

    /** Multiplied in the order of steps, so that it has the same bits after a resume. */
    private double product(long step) {
        if (step < productStep) {
            productStep = 0;
            product = 1;
        }
        while (productStep < step) {
            productStep++;
            product *= momentum(productStep);
        }
        return product;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return moments.settings(Map.of("momentum_decay", momentumDecay));
    }

    @Override
    public String name() {
        return nameOf("nadam");
    }

    /** The rule of one step: the factors of gradient and mean, with the rate in them. */
    private record Rule(double gradientRate, double meanRate, double correction, double mu, Moments moments)
            implements UpdateRule {
        @Override
        public void apply(int count, double[] theta, double[] gradient, double[][] state) {
            double[] m = state[0];
            double[] v = state[1];
            double small = moments.epsilon();
            moments.add(count, gradient, m, v);
            for (int i = 0; i < count; i++) {
                gradient[i] = (gradientRate * gradient[i] + meanRate * m[i]) / (Math.sqrt(v[i] / correction) + small);
            }
        }

        @Override
        public Map<String, Double> telemetry() {
            return Map.of("momentum", mu);
        }
    }

    /** Settings of {@link NAdam}. */
    public static final class Builder extends MomentsBuilder<Builder> {
        private double momentumDecay = 4e-3;

        private Builder() {
            super(2e-3);
        }

        /**
         * How fast the momentum grows from half of beta1 to beta1: psi in mu_t = beta1 (1 - 0.96^(t psi) / 2).
         *
         * @param psi not negative; 0 keeps it at half of beta1
         * @return this
         */
        public Builder momentumDecay(double psi) {
            this.momentumDecay = Check.notNegative("the momentum decay", psi);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public NAdam build() {
            return new NAdam(this);
        }
    }
}
