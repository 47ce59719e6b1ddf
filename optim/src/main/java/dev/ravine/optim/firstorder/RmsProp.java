package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.ScheduleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
    private final double alpha;
    private final double epsilon;
    private final boolean centered;
    private final Schedule momentum;
    private final boolean isScheduled;

    private RmsProp(Builder builder) {
        super(builder, builder.stateNames());
        this.alpha = builder.alpha;
        this.epsilon = builder.epsilon;
        this.centered = builder.centered;
        this.momentum = builder.momentum;
        this.isScheduled = builder.isScheduled;
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
        double mu = momentum == null ? 0 : momentum.momentumAt(step - 1);
        return new Rule(rate, mu, alpha, epsilon, centered, momentum != null, isScheduled);
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of(
                "alpha", alpha,
                "epsilon", epsilon,
                "centered", centered,
                "momentum", momentum == null ? 0 : ScheduleText.of(momentum));
    }

    @Override
    public String name() {
        List<String> settings = new ArrayList<>();
        if (momentum != null) {
            settings.add("mu=" + Schedule.Named.label(momentum));
        }
        if (centered) {
            settings.add("centered");
        }
        return nameOf("rmsprop", settings.toArray(new String[0]));
    }

    /** The rule of one step. */
    private record Rule(
            double rate,
            double mu,
            double alpha,
            double epsilon,
            boolean centered,
            boolean hasMomentum,
            boolean isScheduled)
            implements UpdateRule {
        @Override
        public void apply(int count, double[] theta, double[] gradient, double[][] state) {
            double[] s = state[0];
            for (int i = 0; i < count; i++) {
                s[i] = alpha * s[i] + (1 - alpha) * gradient[i] * gradient[i];
            }
            if (centered) {
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
            if (hasMomentum) {
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
            return isScheduled ? Map.of("momentum", mu) : Map.of();
        }
    }

    /** Settings of {@link RmsProp}. */
    public static final class Builder extends FirstOrder.Builder<Builder> {
        private double alpha = 0.99;
        private double epsilon = 1e-8;
        private boolean centered;
        private Schedule momentum;
        private boolean isScheduled;

        private Builder() {
            super(0.01);
        }

        private String[] stateNames() {
            List<String> names = new ArrayList<>(List.of("square"));
            if (centered) {
                names.add("mean");
            }
            if (momentum != null) {
                names.add("velocity");
            }
            return names.toArray(new String[0]);
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
         * The number that keeps the denominator from 0.
         *
         * @param value positive
         * @return this
         */
        public Builder epsilon(double value) {
            this.epsilon = Check.positive("epsilon", value);
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
            Check.fraction("momentum", mu);
            this.momentum = mu == 0 ? null : Schedule.constant(mu);
            this.isScheduled = false;
            return this;
        }

        /**
         * Classical momentum that depends on the step.
         *
         * @param mu from 0 to below 1
         * @return this
         */
        public Builder momentum(Schedule mu) {
            this.momentum = Objects.requireNonNull(mu, "mu");
            this.isScheduled = true;
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public RmsProp build() {
            return new RmsProp(this);
        }
    }
}
