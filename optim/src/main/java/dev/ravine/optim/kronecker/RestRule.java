package dev.ravine.optim.kronecker;

import dev.ravine.core.Check;
import dev.ravine.core.Elements;
import dev.ravine.core.StableText;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.ScheduleText;
import dev.ravine.optim.objective.Span;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The first-order rule of {@link Kfac} for parameters without Kronecker factors. It follows PyTorch's conventions, as
 * {@code Sgd} and {@code Adam} do.
 */
public abstract class RestRule {
    /** Rules by name, for the catalogue. */
    enum Kind {
        /** None, so that parameters without factors are refused. */
        NONE,
        /** Gradient descent with momentum 0.9. */
        SGD,
        /** Adam with its published constants. */
        ADAM;

        /** The rule with a rate for all steps. */
        Optional<RestRule> rule(double rate) {
            return switch (this) {
                case NONE -> Optional.empty();
                case SGD -> Optional.of(sgd(Schedule.constant(rate), 0.9));
                case ADAM -> Optional.of(adam(rate));
            };
        }
    }

    private final Schedule rate;

    private RestRule(Schedule rate) {
        this.rate = Objects.requireNonNull(rate, "rate");
    }

    /**
     * {@return gradient descent with momentum: v = mu v + g, theta -= lr v}
     *
     * @param rate of each step
     * @param momentum from 0 to below 1
     */
    public static RestRule sgd(Schedule rate, double momentum) {
        return new Sgd(rate, Check.fraction("momentum", momentum));
    }

    /**
     * {@return Adam (Kingma and Ba, ICLR 2015) with both bias corrections}
     *
     * @param rate of each step
     * @param beta1 decay of the mean gradient, from 0 to below 1
     * @param beta2 decay of the mean squared gradient, from 0 to below 1
     * @param epsilon added to the root, positive
     */
    public static RestRule adam(Schedule rate, double beta1, double beta2, double epsilon) {
        return new Adam(
                rate,
                Check.fraction("beta1", beta1),
                Check.fraction("beta2", beta2),
                Check.positive("epsilon", epsilon));
    }

    /**
     * {@return Adam with its published decays 0.9 and 0.999 and epsilon 1e-8}
     *
     * @param rate of all steps, positive
     */
    public static RestRule adam(double rate) {
        return adam(Schedule.constant(Check.positive("the rate", rate)), 0.9, 0.999, 1e-8);
    }

    /** How many vectors it keeps. */
    abstract int vectors();

    /**
     * Writes the steps of some parameters.
     *
     * @param k the number of the step, from 1
     * @param gradient read
     * @param state changed in place
     * @param step overwritten within the span
     */
    abstract void step(long k, Elements gradient, List<Elements> state, Elements step, Span span);

    /** All settings, as text that is equal in every process. */
    abstract String text();

    final double rateAt(long k) {
        return Schedule.Named.checked("the rate", rate.at(k - 1), Double.POSITIVE_INFINITY, k - 1);
    }

    final String rateText() {
        return ScheduleText.of(rate);
    }

    final String label() {
        return Schedule.Named.label(rate);
    }

    /** With momentum. */
    private static final class Sgd extends RestRule {
        private final double momentum;

        Sgd(Schedule rate, double momentum) {
            super(rate);
            this.momentum = momentum;
        }

        @Override
        int vectors() {
            return 1;
        }

        @Override
        void step(long k, Elements gradient, List<Elements> state, Elements step, Span span) {
            double lr = rateAt(k);
            Elements velocity = state.get(0);
            for (int i = span.from(); i < span.to(); i++) {
                velocity.set(i, momentum * velocity.get(i) + gradient.get(i));
                step.set(i, -lr * velocity.get(i));
            }
        }

        @Override
        String text() {
            return "sgd(lr " + rateText() + ", mu " + StableText.number(momentum) + ")";
        }

        @Override
        public String toString() {
            return "sgd(lr=" + label() + ", mu=" + momentum + ")";
        }
    }

    /** Mean gradient and mean square. */
    private static final class Adam extends RestRule {
        private final double beta1;
        private final double beta2;
        private final double epsilon;

        Adam(Schedule rate, double beta1, double beta2, double epsilon) {
            super(rate);
            this.beta1 = beta1;
            this.beta2 = beta2;
            this.epsilon = epsilon;
        }

        @Override
        int vectors() {
            return 2;
        }

        @Override
        void step(long k, Elements gradient, List<Elements> state, Elements step, Span span) {
            double lr = rateAt(k) / (1 - Math.pow(beta1, (double) k));
            double correction = Math.sqrt(1 - Math.pow(beta2, (double) k));
            Elements mean = state.get(0);
            Elements square = state.get(1);
            for (int i = span.from(); i < span.to(); i++) {
                double g = gradient.get(i);
                mean.set(i, beta1 * mean.get(i) + (1 - beta1) * g);
                square.set(i, beta2 * square.get(i) + (1 - beta2) * g * g);
                step.set(i, -lr * mean.get(i) / (Math.sqrt(square.get(i)) / correction + epsilon));
            }
        }

        @Override
        String text() {
            return "adam(lr " + rateText() + ", betas " + StableText.number(beta1) + " and " + StableText.number(beta2)
                    + ", epsilon " + StableText.number(epsilon) + ")";
        }

        @Override
        public String toString() {
            return "adam(lr=" + label() + ")";
        }
    }
}
