package dev.ravine.optim.matrix;

import dev.ravine.core.Check;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.GradientStep;
import dev.ravine.optim.firstorder.UpdateRule;
import java.util.Map;
import java.util.Objects;

/**
 * Sophia (Liu et al., "Sophia: a scalable stochastic second-order optimizer for language model pre-training", ICLR
 * 2024): momentum over the curvature's diagonal, with each element of a step limited; at step t, from 1:
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * h = beta2 h + (1 - beta2) estimate          in steps 1, 11, 21, ...
 * theta = (1 - lr decay) theta - lr sign(m) min(1, |m| / (rho max(h, 0) + 1e-15))
 * </pre>
 *
 * <p>{@link SophiaEstimate} says what is estimated. rho of the paper is times the number of examples that count in h;
 * here the estimate holds that number, so that h is the curvature of the mean loss and does not change with the batch.
 * The report's {@code unclipped} is the part of elements below the limit: tune rho so that it is from 0.1 to 0.5.
 *
 * <p>A step costs one gradient of its batch; each tenth step one more, or a product. Memory: the gradient and three
 * vectors.
 */
public final class Sophia extends WholeGradientOptimizer {
    private final SophiaEstimate estimate;
    private final double rho;

    private Sophia(Builder builder) {
        super(builder, new Rule(builder), builder.own());
        this.estimate = builder.estimate;
        this.rho = builder.rho;
    }

    /**
     * Begins with learning rate 0.001, betas 0.965 and 0.99, rho 0.04, estimates by targets that are drawn every 10
     * steps, decoupled weight decay 0.1 and batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return nameOf(estimate == SophiaEstimate.HUTCHINSON ? "sophia-h" : "sophia", "rho=" + rho);
    }

    private static final class Rule extends CurvatureRule {
        private static final double SMALL = 1e-15;

        private final double beta1;
        private final double beta2;
        private final double rho;
        private long unclipped;
        private long elements;

        Rule(Builder settings) {
            super(settings.estimate.make(), settings.every);
            this.beta1 = settings.beta1;
            this.beta2 = settings.beta2;
            this.rho = settings.rho;
        }

        @Override
        public void apply(GradientStep at) {
            unclipped = 0;
            elements = 0;
            super.apply(at);
        }

        @Override
        UpdateRule rule(long number, double rate, boolean isFresh) {
            return (count, theta, gradient, state) -> {
                double[] m = state[0];
                double[] h = state[1];
                double[] estimate = state[2];
                for (int i = 0; i < count; i++) {
                    m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
                    if (isFresh) {
                        h[i] = beta2 * h[i] + (1 - beta2) * estimate[i];
                    }
                    double ratio = Math.abs(m[i]) / (rho * Math.max(h[i], 0) + SMALL);
                    gradient[i] = rate * Math.signum(m[i]) * Math.min(1, ratio);
                    unclipped += ratio < 1 ? 1 : 0;
                }
                elements += count;
            };
        }

        @Override
        public Map<String, Double> telemetry() {
            return Map.of("unclipped", elements == 0 ? 1 : (double) unclipped / elements);
        }
    }

    /** Settings of {@link Sophia}. */
    public static final class Builder extends FirstOrder.Builder<Builder> {
        private double beta1 = 0.965;
        private double beta2 = 0.99;
        private double rho = 0.04;
        private int every = 10;
        private SophiaEstimate estimate = SophiaEstimate.GAUSS_NEWTON_BARTLETT;

        private Builder() {
            super(1e-3);
            weightDecay(0.1);
            decoupledWeightDecay(true);
        }

        private Map<String, Object> own() {
            return Map.of(
                    "beta1", beta1,
                    "beta2", beta2,
                    "rho", rho,
                    "every", every,
                    "estimate", estimate);
        }

        /**
         * How slowly the means forget.
         *
         * @param first of the gradient, from 0 to below 1; 0.965 without it
         * @param second of the estimates, from 0 to below 1; 0.99 without it
         * @return this
         */
        public Builder betas(double first, double second) {
            this.beta1 = Check.fraction("beta1", first);
            this.beta2 = Check.fraction("beta2", second);
            return this;
        }

        /**
         * How much curvature counts: a small one lets more elements reach their limit.
         *
         * @param factor positive; 0.04 without it
         * @return this
         */
        public Builder rho(double factor) {
            this.rho = Check.positive("rho", factor);
            return this;
        }

        /**
         * How many steps an estimate lasts.
         *
         * @param steps at least 1; 10 without it
         * @return this
         */
        public Builder every(int steps) {
            this.every = Check.atLeastOne("the number of steps of an estimate", steps);
            return this;
        }

        /**
         * What is estimated.
         *
         * @param kind GAUSS_NEWTON_BARTLETT without it
         * @return this
         */
        public Builder estimate(SophiaEstimate kind) {
            this.estimate = Objects.requireNonNull(kind, "kind");
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Sophia build() {
            return new Sophia(this);
        }
    }
}
