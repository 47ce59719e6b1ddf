package dev.ravine.optim.matrix;

import dev.ravine.core.Check;
import dev.ravine.optim.firstorder.Moments;
import dev.ravine.optim.firstorder.MomentsBuilder;
import dev.ravine.optim.firstorder.UpdateRule;
import java.util.Map;

/**
 * AdaHessian (Yao et al., AAAI 2021): Adam with the Hessian's diagonal D in place of the gradient, estimated as v * (H
 * v) with new random signs v at each step; at step t, from 1:
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * s = beta2 s + (1 - beta2) D^2
 * theta -= lr ( m / (1 - beta1^t) / (sqrt(s / (1 - beta2^t))^power + epsilon) + decay theta )
 * </pre>
 *
 * <p>The Hessian is that of the whole loss, L2 included. Estimates are not averaged over the windows of convolutions,
 * as the published program does.
 *
 * <p>A step costs one gradient of its batch and one product, 7/3 gradients together. Memory: the gradient, three
 * vectors, and the activations of the batch.
 */
public final class AdaHessian extends WholeGradientOptimizer {
    private AdaHessian(Builder builder) {
        super(builder, builder.rule(), builder.own());
    }

    /**
     * Begins with learning rate 0.15, betas 0.9 and 0.999, epsilon 1e-4, power 1, no weight decay and batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return nameOf("adahessian");
    }

    private static final class Rule extends CurvatureRule {
        private final Moments moments;
        private final double power;

        Rule(Moments moments, double power) {
            super(new HutchinsonDiagonal(), 1);
            this.moments = moments;
            this.power = power;
        }

        @Override
        UpdateRule rule(long number, double rate, boolean isFresh) {
            double beta1 = moments.beta1();
            double beta2 = moments.beta2();
            double epsilon = moments.epsilon();
            double correction1 = moments.meanCorrection(number);
            double correction2 = Math.sqrt(moments.squareCorrection(number));
            return (count, theta, gradient, state) -> {
                double[] m = state[0];
                double[] s = state[1];
                double[] d = state[2];
                for (int i = 0; i < count; i++) {
                    m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
                    s[i] = beta2 * s[i] + (1 - beta2) * d[i] * d[i];
                    double size = Math.sqrt(s[i]) / correction2;
                    double bounded = (power == 1 ? size : Math.pow(size, power)) + epsilon;
                    gradient[i] = rate * (m[i] / correction1 / bounded);
                }
            };
        }

        @Override
        public Map<String, Double> telemetry() {
            return Map.of();
        }
    }

    /** Settings of {@link AdaHessian}. */
    public static final class Builder extends MomentsBuilder<Builder> {
        private double power = 1;

        private Builder() {
            super(0.15, new Moments(0.9, 0.999, 1e-4));
            decoupledWeightDecay(true);
        }

        private Rule rule() {
            return new Rule(moments(), power);
        }

        private Map<String, Object> own() {
            return moments().settings(Map.of("power", power));
        }

        /**
         * The power of the curvature in the denominator.
         *
         * @param value not negative; 1 without it, which is Newton's; with 0 a step is that of momentum
         * @return this
         */
        public Builder power(double value) {
            this.power = Check.notNegative("the power", value);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public AdaHessian build() {
            return new AdaHessian(this);
        }
    }
}
