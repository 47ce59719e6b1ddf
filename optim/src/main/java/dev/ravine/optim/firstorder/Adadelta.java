package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import java.util.Map;

/**
 * Adadelta (Zeiler, "ADADELTA: an adaptive learning rate method", 2012) to PyTorch's conventions:
 *
 * <pre>
 * s = rho s + (1 - rho) g^2
 * d = sqrt(c + epsilon) / sqrt(s + epsilon) g
 * c = rho c + (1 - rho) d^2
 * theta -= lr d
 * </pre>
 *
 * <p>lr 1, rho 0.9 and epsilon 1e-6 are PyTorch's; the paper has rho 0.95 and no learning rate.
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient, s and c.
 *
 * <p>Steps have the units of theta, so that lr needs no tuning in principle. The first ones are about sqrt(epsilon)
 * long, and epsilon decides how fast they grow; {@link Adam} is mostly faster.
 */
public final class Adadelta extends FirstOrder {
    private final double rho;
    private final double epsilon;

    private Adadelta(Builder builder) {
        super(builder, "square", "change");
        this.rho = builder.rho;
        this.epsilon = builder.epsilon;
    }

    /**
     * Begins with learning rate 1, rho 0.9, epsilon 1e-6, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return (count, theta, gradient, state) -> {
            double[] s = state[0];
            double[] c = state[1];
            for (int i = 0; i < count; i++) {
                s[i] = rho * s[i] + (1 - rho) * gradient[i] * gradient[i];
                double d = Math.sqrt(c[i] + epsilon) / Math.sqrt(s[i] + epsilon) * gradient[i];
                c[i] = rho * c[i] + (1 - rho) * d * d;
                gradient[i] = rate * d;
            }
        };
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of("rho", rho, "epsilon", epsilon);
    }

    @Override
    public String name() {
        return nameOf("adadelta");
    }

    /** Settings of {@link Adadelta}. */
    public static final class Builder extends RootBuilder<Builder> {
        private double rho = 0.9;

        private Builder() {
            super(1, 1e-6);
        }

        /**
         * How slowly the means of squared gradients and of squared changes forget.
         *
         * @param keep from 0 to below 1
         * @return this
         */
        public Builder rho(double keep) {
            this.rho = Check.fraction("rho", keep);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Adadelta build() {
            return new Adadelta(this);
        }
    }
}
