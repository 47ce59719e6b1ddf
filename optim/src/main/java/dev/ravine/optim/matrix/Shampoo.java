package dev.ravine.optim.matrix;

import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Shampoo (Gupta, Koren and Singer, "Shampoo: preconditioned stochastic tensor optimization", ICML 2018), as Shi et al.
 * (2023) made it practical. For a weight of shape [inputs, outputs] at step t:
 *
 * <pre>
 * L = beta2 L + (1 - beta2) g g',  R = beta2 R + (1 - beta2) g' g    sums if beta2 = 1
 * m = beta1 m + (1 - beta1) g
 * p = (L / (1 - beta2^t))^-1/4 m / (1 - beta1^t) (R / (1 - beta2^t))^-1/4
 * p = p ||p_graft|| / (||p|| + 1e-16)
 * theta -= lr (p + decay theta)                                       through momentum, if there is any
 * </pre>
 *
 * <p>The roots are made every few steps by an eigendecomposition in double precision. If the smallest eigenvalue is
 * below epsilon, it is first subtracted from all of them and epsilon is added. {@link Grafting} says what p_graft is;
 * before the first roots it is the step. A vector has one matrix and the exponent -1/2. A weight with more than two
 * axes is flattened to [rest, outputs]. A parameter with a side above {@link Builder#largest} is cut into blocks, each
 * of which is treated by itself.
 *
 * <p>A step costs one gradient of its batch and, for an m x n block, 4 m n (m + n) operations, which is 2 (m + n) / (3
 * batch) gradients of that layer; and each time that the roots are made about 11 (m^3 + n^3), in double precision. So
 * batches should not be smaller than m + n. Memory: the gradient, six vectors, and two matrices for each side.
 */
public final class Shampoo extends WholeGradientOptimizer {
    private final Grafting grafting;

    private Shampoo(Builder builder) {
        super(builder, builder.frame(), builder.own());
        this.grafting = builder.grafting;
    }

    /**
     * Begins with learning rate 0.001, betas 0.9 and 0.99, epsilon 1e-12, the length of Adam's steps, roots every 10
     * steps, blocks of at most 1,024, no weight decay and batches of 500.
     *
     * @param module which is trained, initialized
     * @return a builder
     */
    public static Builder builder(Module module) {
        return new Builder(module);
    }

    @Override
    public String name() {
        return nameOf("shampoo", "grafting=" + grafting);
    }

    /** Settings of {@link Shampoo}. */
    public static final class Builder extends SecondMomentBuilder<Builder> {
        private double beta1 = 0.9;
        private double beta2 = 0.99;
        private double epsilon = 1e-12;
        private double power;
        private int firstRoots;
        private double momentum;
        private Grafting grafting = Grafting.ADAM;
        private double graftingBeta = 0.999;
        private double graftingEpsilon = 1e-8;
        private boolean isKullbackLeibler;

        private Builder(Module module) {
            super(1e-3, module, 1024);
        }

        @Override
        MatrixFrame.Maker maker() {
            ShampooBlock.Settings rule = new ShampooBlock.Settings(
                    beta1,
                    beta2,
                    epsilon,
                    power,
                    every(),
                    firstRoots == 0 ? every() : firstRoots,
                    largest(),
                    momentum,
                    grafting,
                    graftingBeta,
                    graftingEpsilon,
                    isKullbackLeibler);
            return (parameter, dtype, arena) -> new ShampooRule(parameter, dtype, arena, rule);
        }

        @Override
        Map<String, Object> own() {
            Map<String, Object> all = new TreeMap<>();
            all.put("beta1", beta1);
            all.put("beta2", beta2);
            all.put("epsilon", epsilon);
            all.put("exponent", power);
            all.put("every", every());
            all.put("start", firstRoots);
            all.put("largest", largest());
            all.put("momentum", momentum);
            all.put("grafting", grafting);
            all.put("grafting_beta", graftingBeta);
            all.put("grafting_epsilon", graftingEpsilon);
            all.put("kl", isKullbackLeibler);
            all.put(
                    "parameters",
                    parameters().stream().map(MatrixParameter::toString).toList());
            return all;
        }

        /**
         * How slowly means forget.
         *
         * @param first of the gradient, from 0 to below 1; 0.9 without it
         * @param second of the matrices, above 0 and up to 1; 1 makes them sums, as AdaGrad's; 0.99 without it
         * @return this
         */
        public Builder betas(double first, double second) {
            this.beta1 = Check.fraction("beta1", first);
            if (!(second > 0 && second <= 1)) {
                throw new IllegalArgumentException("beta2 must be above 0 and at most 1, found " + second);
            }
            this.beta2 = second;
            return this;
        }

        /**
         * The smallest eigenvalue that the matrices may have.
         *
         * @param value positive; 1e-12 without it
         * @return this
         */
        public Builder epsilon(double value) {
            this.epsilon = Check.positive("epsilon", value);
            return this;
        }

        /**
         * The power of each matrix of a weight is minus this number.
         *
         * @param value positive; 0.25 without it, which is 1 / (2 axes); 0.5 is common, too
         * @return this
         */
        public Builder exponent(double value) {
            this.power = Check.positive("the exponent", value);
            return this;
        }

        /**
         * The first step with roots; earlier ones are those of grafting.
         *
         * @param step from 1; without it the number of steps that roots last
         * @return this
         */
        public Builder start(int step) {
            this.firstRoots = Check.atLeastOne("the first step with roots", step);
            return this;
        }

        /**
         * Momentum of the steps: v = mu v + p, theta -= lr v.
         *
         * @param mu from 0 to below 1; 0 without it
         * @return this
         */
        public Builder momentum(double mu) {
            this.momentum = Check.fraction("momentum", mu);
            return this;
        }

        /**
         * Whose length a step takes.
         *
         * @param whose ADAM without it
         * @return this
         */
        public Builder grafting(Grafting whose) {
            this.grafting = Objects.requireNonNull(whose, "whose");
            return this;
        }

        /**
         * Whose length a step takes, with settings.
         *
         * @param whose ADAM without it
         * @param beta of its mean of squares, from 0 to below 1; 0.999 without it; AdaGrad's sum has none
         * @param small added to its root, positive; 1e-8 without it
         * @return this
         */
        public Builder grafting(Grafting whose, double beta, double small) {
            graftingMean(beta, small);
            return grafting(whose);
        }

        void graftingMean(double beta, double small) {
            this.graftingBeta = Check.fraction("the beta of grafting", beta);
            this.graftingEpsilon = Check.positive("the epsilon of grafting", small);
        }

        /**
         * KL-Shampoo (Lin et al., arXiv 2509.03378): L is a mean of (g R^-1 g') / columns and R one of (g' L^-1 g) /
         * rows, each with the other side's root as it is, and both exponents are 1/2. Where such means rest, the
         * Kronecker product of L and R is the covariance of the gradient that is nearest in Kullback and Leibler's
         * divergence. Steps then have a length of their own, so {@link Grafting#NONE} goes with it. Costs two more
         * products a step.
         *
         * @param on false without it
         * @return this
         */
        public Builder kullbackLeibler(boolean on) {
            this.isKullbackLeibler = on;
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Shampoo build() {
            return new Shampoo(this);
        }
    }
}
