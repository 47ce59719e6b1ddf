package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.optim.Schedule;
import java.util.Map;

/**
 * Stochastic gradient descent (Robbins and Monro, 1951), with momentum if asked for, to PyTorch's conventions:
 *
 * <pre>
 * v = mu v + (1 - dampening) g     in the first step v = g
 * theta -= lr v                    classical momentum (Polyak, 1964)
 * theta -= lr (g + mu v)           Nesterov's momentum (Sutskever, Martens, Dahl and Hinton, ICML 2013)
 * </pre>
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient, and v with momentum.
 *
 * <p>With a tuned and decaying rate it often generalises best of all first-order methods. Its rate depends on the scale
 * of the loss and is limited by the largest curvature, so it is slow where curvatures differ by orders of magnitude. In
 * that case an adaptive method needs less tuning, and a second-order one fewer steps.
 */
public final class Sgd extends FirstOrder {
    private final Momentum momentum;
    private final boolean nesterov;
    private final double dampening;

    private Sgd(Builder builder) {
        super(builder, builder.momentum.isNone() ? new String[0] : new String[] {"velocity"});
        this.momentum = builder.momentum;
        this.nesterov = builder.nesterov;
        this.dampening = builder.dampening;
    }

    /**
     * Begins with learning rate 0.1, no momentum, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return momentum.isNone()
                ? new Multiple(rate)
                : new Rule(rate, momentum.at(step), step == 1 ? 1 : 1 - dampening, nesterov, momentum);
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of(
                "momentum", momentum.text(),
                "nesterov", nesterov,
                "dampening", dampening);
    }

    @Override
    public String name() {
        return momentum.isNone() ? nameOf("sgd") : nameOf(nesterov ? "nesterov" : "momentum", momentum.label());
    }

    /** The rule with momentum; take is the part of the gradient that enters the velocity. */
    private record Rule(double rate, double mu, double take, boolean nesterov, Momentum momentum)
            implements UpdateRule.SinglePrecision {
        @Override
        public void apply(int count, double[] theta, double[] gradient, double[][] state) {
            double[] v = state[0];
            for (int i = 0; i < count; i++) {
                v[i] = mu * v[i] + take * gradient[i];
            }
            if (nesterov) {
                for (int i = 0; i < count; i++) {
                    gradient[i] = rate * (gradient[i] + mu * v[i]);
                }
            } else {
                for (int i = 0; i < count; i++) {
                    gradient[i] = rate * v[i];
                }
            }
        }

        @Override
        public void apply(int count, float[] theta, float[] gradient, float[][] state) {
            float[] v = state[0];
            float keep = (float) mu;
            float share = (float) take;
            float factor = (float) rate;
            for (int i = 0; i < count; i++) {
                v[i] = keep * v[i] + share * gradient[i];
            }
            if (nesterov) {
                for (int i = 0; i < count; i++) {
                    gradient[i] = factor * (gradient[i] + keep * v[i]);
                }
            } else {
                for (int i = 0; i < count; i++) {
                    gradient[i] = factor * v[i];
                }
            }
        }

        @Override
        public Map<String, Double> telemetry() {
            return momentum.telemetry(mu);
        }
    }

    /** Settings of {@link Sgd}. */
    public static final class Builder extends FirstOrder.Builder<Builder> {
        private Momentum momentum = Momentum.NONE;
        private boolean nesterov;
        private double dampening;

        private Builder() {
            super(0.1);
        }

        /**
         * Classical momentum.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder momentum(double mu) {
            return momentum(Momentum.of(mu), false);
        }

        /**
         * Classical momentum that depends on the step.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder momentum(Schedule mu) {
            return momentum(Momentum.of(mu), false);
        }

        /**
         * Nesterov's momentum.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder nesterov(double mu) {
            return momentum(Momentum.of(mu), true);
        }

        /**
         * Nesterov's momentum that depends on the step, such as {@link Schedule#nesterovMomentum}.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder nesterov(Schedule mu) {
            return momentum(Momentum.of(mu), true);
        }

        private Builder momentum(Momentum mu, boolean ofNesterov) {
            this.momentum = mu;
            this.nesterov = ofNesterov;
            return this;
        }

        /**
         * Leaves a part of the gradient out of the velocity, for classical momentum.
         *
         * @param part from 0 to below 1
         * @return this
         */
        public Builder dampening(double part) {
            this.dampening = Check.fraction("dampening", part);
            return this;
        }

        /**
         * Makes the optimizer.
         *
         * @return an optimizer that has not stepped yet
         * @throws IllegalStateException if there is dampening without classical momentum
         */
        @Override
        public Sgd build() {
            if (dampening != 0 && (momentum.isNone() || nesterov)) {
                throw new IllegalStateException("dampening " + dampening
                        + " is for classical momentum; set momentum(...), or leave dampening out");
            }
            return new Sgd(this);
        }
    }
}
