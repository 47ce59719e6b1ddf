package dev.ravine.optim.matrix;

import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import dev.ravine.optim.firstorder.FirstOrder;
import java.util.List;
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
 * <p>A step costs one gradient of its batch and, for an m x n matrix, 6 m n (m + n) operations, which is (m + n) / batch
 * gradients of that layer; and every 10 steps about 5 (m^3 + n^3). So batches should not be smaller than m + n. Memory:
 * the gradient, six vectors, and three matrices for each side.
 */
public final class Soap extends FirstOrder {
    private final Builder settings;

    private Soap(Builder settings) {
        super(settings, new MatrixFrame(settings.parameters, settings.maker()));
        this.settings = settings.copy();
    }

    /**
     * Begins with learning rate 0.003, betas 0.95 and 0.95, epsilon 1e-8, decoupled weight decay 0.01, a new basis every
     * 10 steps and batches of 500.
     *
     * @param module which is trained, initialized
     * @return a builder
     */
    public static Builder builder(Module module) {
        return new Builder(MatrixParameter.of(module));
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return settings.own();
    }

    @Override
    public String name() {
        return nameOf("soap");
    }

    /** Settings of {@link Soap}. */
    public static final class Builder extends FirstOrder.Builder<Builder> {
        private final List<MatrixParameter> parameters;
        private double beta1 = 0.95;
        private double beta2 = 0.95;
        private double epsilon = 1e-8;
        private double shampooBeta = 0.95;
        private int every = 10;
        private int largest = 10_000;
        private SoapStart start = SoapStart.SKIP_FIRST;

        private Builder(List<MatrixParameter> parameters) {
            super(3e-3);
            this.parameters = parameters;
            batchSize(500);
            weightDecay(0.01);
            decoupledWeightDecay(true);
        }

        private Builder copy() {
            Builder copy = new Builder(parameters);
            copy.beta1 = beta1;
            copy.beta2 = beta2;
            copy.epsilon = epsilon;
            copy.shampooBeta = shampooBeta;
            copy.every = every;
            copy.largest = largest;
            copy.start = start;
            return copy;
        }

        private MatrixFrame.Maker maker() {
            SoapRule.Settings rule = new SoapRule.Settings(moments(), shampooBeta, every, largest, start);
            return (parameter, dtype, arena) -> new SoapRule(parameter, dtype, arena, rule);
        }

        private Moments moments() {
            return new Moments(beta1, beta2, epsilon);
        }

        private Map<String, Object> own() {
            return Map.of(
                    "beta1", beta1,
                    "beta2", beta2,
                    "epsilon", epsilon,
                    "shampoo_beta", shampooBeta,
                    "every", every,
                    "largest", largest,
                    "start", start,
                    "parameters",
                            parameters.stream().map(MatrixParameter::toString).toList());
        }

        /**
         * How slowly the means forget.
         *
         * @param first of the gradient, from 0 to below 1; 0.95 without it
         * @param second of its square, from 0 to below 1; 0.95 without it
         * @return this
         */
        public Builder betas(double first, double second) {
            this.beta1 = Check.fraction("beta1", first);
            this.beta2 = Check.fraction("beta2", second);
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
            this.epsilon = Check.positive("epsilon", value);
            return this;
        }

        /**
         * How many steps a basis lasts.
         *
         * @param steps at least 1; 10 without it
         * @return this
         */
        public Builder every(int steps) {
            this.every = Check.atLeastOne("the number of steps of a basis", steps);
            return this;
        }

        /**
         * The longest side that is rotated.
         *
         * @param order at least 1; 10,000 without it
         * @return this
         */
        public Builder largest(int order) {
            this.largest = Check.atLeastOne("the longest side", order);
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
