package dev.ravine.optim.matrix;

import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import dev.ravine.optim.firstorder.Moments;
import java.util.Map;
import java.util.Objects;

/**
 * SOAP (Vyas et al., "Improving and stabilizing Shampoo using Adam", 2024): Adam in the eigenvectors of Shampoo's
 * matrices. For a weight of shape [inputs, outputs] at step t:
 *
 * <pre>
 * h = U' g V                                  in the basis of the last step
 * m = beta1 m + (1 - beta1) h
 * v = beta2 v + (1 - beta2) h^2
 * theta -= lr sqrt(1 - beta2^t) / (1 - beta1^t) U (m / (sqrt v + epsilon)) V'
 * theta -= lr decay theta
 * L = beta L + (1 - beta) g g',  R = beta R + (1 - beta) g' g
 * every 10 steps U = qr(L U), V = qr(R V), each sorted by the moments along its vectors before
 * </pre>
 *
 * <p>The first gradient makes the first basis by an eigendecomposition and moves nothing, and t counts from the second
 * one: that is the published program, and {@link SoapStart} has the other choice. m is turned into a new basis, v is
 * permuted with the vectors. A side longer than {@link Builder#largest} is not rotated. Biases and other vectors get
 * Adam. A weight with more than two axes is flattened to [rest, outputs].
 *
 * <p>A step costs one gradient of its batch and, for an m x n matrix, 6 m n (m + n) operations, which is (m + n) /
 * batch gradients of that layer; and every 10 steps about 5 (m^3 + n^3). So batches should not be smaller than m + n.
 * Memory: the gradient, six vectors, and three matrices for each side.
 */
public final class Soap extends WholeGradientOptimizer {
    private Soap(Builder builder) {
        super(builder, builder.frame(), builder.own());
    }

    /**
     * Begins with learning rate 0.003, betas 0.95 and 0.95, epsilon 1e-8, decoupled weight decay 0.01, a new basis
     * every 10 steps and batches of 500.
     *
     * @param module which is trained, initialized
     * @return a builder
     */
    public static Builder builder(Module module) {
        return new Builder(module);
    }

    @Override
    public String name() {
        return nameOf("soap");
    }

    /** Settings of {@link Soap}. */
    public static final class Builder extends SecondMomentBuilder<Builder> {
        private Moments moments = new Moments(0.95, 0.95, 1e-8);
        private double shampooBeta = 0.95;
        private SoapStart start = SoapStart.SKIP_FIRST;

        private Builder(Module module) {
            super(3e-3, module, 10_000);
            weightDecay(0.01);
        }

        @Override
        MatrixFrame.Maker maker() {
            SoapRule.Settings rule = new SoapRule.Settings(moments, shampooBeta, every(), largest(), start);
            return (parameter, dtype, arena) -> new SoapRule(parameter, dtype, arena, rule);
        }

        @Override
        Map<String, Object> own() {
            return moments.settings(Map.of(
                    "shampoo_beta", shampooBeta,
                    "every", every(),
                    "largest", largest(),
                    "start", start,
                    "parameters",
                            parameters().stream().map(MatrixParameter::toString).toList()));
        }

        /**
         * How slowly the means forget.
         *
         * @param first of the gradient, from 0 to below 1; 0.95 without it
         * @param second of its square, from 0 to below 1; 0.95 without it
         * @return this
         */
        public Builder betas(double first, double second) {
            this.moments = moments.withBetas(first, second);
            return this;
        }

        /**
         * How slowly Shampoo's matrices forget.
         *
         * @param beta from 0 to below 1; 0.95 without it
         * @return this
         */
        public Builder shampooBeta(double beta) {
            this.shampooBeta = Check.fraction("the beta of Shampoo's matrices", beta);
            return this;
        }

        /**
         * The number that keeps the denominator from 0, added before the bias is corrected.
         *
         * @param value positive; 1e-8 without it
         * @return this
         */
        public Builder epsilon(double value) {
            this.moments = moments.withEpsilon(value);
            return this;
        }

        /**
         * What becomes of the first gradient.
         *
         * @param first SKIP_FIRST without it
         * @return this
         */
        public Builder start(SoapStart first) {
            this.start = Objects.requireNonNull(first, "first");
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Soap build() {
            return new Soap(this);
        }
    }
}
