package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import java.util.Map;

/**
 * Lion, steps by the sign of a mean gradient (Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS
 * 2023, algorithm 2), with decoupled weight decay w:
 *
 * <pre>
 * theta *= 1 - lr w
 * theta -= lr sign(beta1 m + (1 - beta1) g)
 * m = beta2 m + (1 - beta2) g
 * </pre>
 *
 * <p>lr 1e-4, beta1 0.9, beta2 0.99 and w = 0 are those of the authors' code.
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient and m, a vector less than {@link Adam}.
 *
 * <p>Every element moves by lr whatever its gradient, so the paper takes a third to a tenth of AdamW's rate, and three
 * to ten times its weight decay, which leaves the product of both as it is. Gains are for large batches; noise in small
 * ones decides signs.
 */
public final class Lion extends FirstOrder {
    private final double beta1;
    private final double beta2;

    private Lion(Builder builder) {
        super(builder, "mean");
        this.beta1 = builder.beta1;
        this.beta2 = builder.beta2;
    }

    /**
     * Begins with learning rate 1e-4, betas 0.9 and 0.99, weight decay decoupled but 0, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder().decoupledWeightDecay(true);
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return (count, theta, gradient, state) -> {
            double[] m = state[0];
            for (int i = 0; i < count; i++) {
                double g = gradient[i];
                gradient[i] = rate * Math.signum(beta1 * m[i] + (1 - beta1) * g);
                m[i] = beta2 * m[i] + (1 - beta2) * g;
            }
        };
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of("beta1", beta1, "beta2", beta2);
    }

    @Override
    public String name() {
        return nameOf("lion");
    }

    /** Settings of {@link Lion}. */
    public static final class Builder extends FirstOrder.Builder<Builder> {
        private double beta1 = 0.9;
        private double beta2 = 0.99;

        private Builder() {
            super(1e-4);
        }

        /**
         * How much the step and the mean keep of past gradients.
         *
         * @param ofStep from 0 to below 1
         * @param ofMean from 0 to below 1
         * @return this
         */
        public Builder betas(double ofStep, double ofMean) {
            this.beta1 = Check.fraction("beta1", ofStep);
            this.beta2 = Check.fraction("beta2", ofMean);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Lion build() {
            return new Lion(this);
        }
    }
}
