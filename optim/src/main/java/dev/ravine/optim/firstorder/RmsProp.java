package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.optim.Schedule;
import java.util.Map;
import java.util.stream.Stream;

/**
 * RMSprop (Tieleman and Hinton, lecture 6.5 of "Neural networks for machine learning", 2012) to PyTorch's conventions:
 *
 * <pre>
 * s = alpha s + (1 - alpha) g^2
 * m = alpha m + (1 - alpha) g           if centered, else m = 0
 * d = g / (sqrt(s - m^2) + epsilon)
 * v = mu v + d                          with momentum, else v = d
 * theta -= lr v
 * </pre>
 *
 * <p>lr 0.01, alpha 0.99 and epsilon 1e-8 are PyTorch's; the lecture has alpha 0.9. The centered variant is due to
 * Graves, "Generating sequences with recurrent neural networks", 2013. Where rounding makes s - m^2 negative it counts
 * as 0.
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient, s, m if centered, and v with momentum.
 *
 * <p>Steps of about lr along each coordinate whatever the scale of the gradient, which suits losses whose scale
 * changes. Without a correction for means that began as zeros its first steps are up to 1 / sqrt(1 - alpha) times as
 * long, by default 10 times: {@link Adam} has that correction. The centered variant is less stable, since its
 * denominator is near 0 where gradients hardly vary.
 */
public final class RmsProp extends FirstOrder {
    private final Settings settings;

    private RmsProp(Builder builder) {
        this(builder, builder.settings());
    }

    private RmsProp(Builder builder, Settings settings) {
        super(builder, settings.stateNames());
        this.settings = settings;
    }

    /**
     * Begins with learning rate 0.01, alpha 0.99, epsilon 1e-8, neither centered nor with momentum, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return new Rule(rate, settings.momentum.at(step), settings);
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of(
                "alpha", settings.alpha,
                "epsilon", settings.epsilon,
                "centered", settings.centered,
                "momentum", settings.momentum.text());
    }

    @Override
    public String name() {
        return nameOf("rmsprop", settings.labels());
    }

    private record Settings(double alpha, double epsilon, boolean centered, Momentum momentum) {
        String[] stateNames() {
            return Stream.of("square", centered ? "mean" : "", momentum.isNone() ? "" : "velocity")
                    .filter(name -> !name.isEmpty())
                    .toArray(String[]::new);
        }

        String[] labels() {
            return Stream.of(momentum.isNone() ? "" : momentum.label(), centered ? "centered" : "")
                    .filter(label -> !label.isEmpty())
                    .toArray(String[]::new);
        }
    }

    /** The rule of one step. */
    private record Rule(double rate, double mu, Settings settings) implements UpdateRule {
        @Override
        public void apply(int count, double[] theta, double[] gradient, double[][] state) {
            double alpha = settings.alpha;
            double epsilon = settings.epsilon;
            double[] s = state[0];
            for (int i = 0; i < count; i++) {
                s[i] = alpha * s[i] + (1 - alpha) * gradient[i] * gradient[i];
            }
            if (settings.centered) {
                double[] m = state[1];
                for (int i = 0; i < count; i++) {
                    m[i] = alpha * m[i] + (1 - alpha) * gradient[i];
                    gradient[i] /= Math.sqrt(Math.max(s[i] - m[i] * m[i], 0)) + epsilon;
                }
            } else {
                for (int i = 0; i < count; i++) {
                    gradient[i] /= Math.sqrt(s[i]) + epsilon;
                }
            }
            if (!settings.momentum.isNone()) {
                double[] v = state[state.length - 1];
                for (int i = 0; i < count; i++) {
                    v[i] = mu * v[i] + gradient[i];
                    gradient[i] = v[i];
                }
            }
            for (int i = 0; i < count; i++) {
                gradient[i] *= rate;
            }
        }

        @Override
        public Map<String, Double> telemetry() {
            return settings.momentum.telemetry(mu);
        }
    }

    /** Settings of {@link RmsProp}. */
    public static final class Builder extends RootBuilder<Builder> {
        private double alpha = 0.99;
        private boolean centered;
        private Momentum momentum = Momentum.NONE;

        private Builder() {
            super(0.01, 1e-8);
        }

        private Settings settings() {
            return new Settings(alpha, epsilon, centered, momentum);
        }

        /**
         * How slowly the means forget.
         *
         * @param keep from 0 to below 1
         * @return this
         */
        public Builder alpha(double keep) {
            this.alpha = Check.fraction("alpha", keep);
            return this;
        }

        /**
         * Divides by the deviation of the gradient from its mean instead of its size.
         *
         * @param on whether it does
         * @return this
         */
        public Builder centered(boolean on) {
            this.centered = on;
            return this;
        }

        /**
         * Classical momentum.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder momentum(double mu) {
            this.momentum = Momentum.of(mu);
            return this;
        }

        /**
         * Classical momentum that depends on the step.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder momentum(Schedule mu) {
            this.momentum = Momentum.of(mu);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public RmsProp build() {
            return new RmsProp(this);
        }
    }
}
