package dev.ravine.optim.matrix;

import dev.ravine.core.Check;
import dev.ravine.nn.Module;
import dev.ravine.optim.firstorder.Moments;
import dev.ravine.optim.objective.ParameterGroup;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Muon (Keller Jordan, 2024): momentum whose singular values are brought near 1. For a weight of shape [inputs,
 * outputs] at each step:
 *
 * <pre>
 * m = mu m + (1 - mu) g
 * u = (1 - mu) g + mu m                   Nesterov; u = m without it
 * x = five Newton-Schulz iterations of u
 * theta = (1 - lr decay) theta - lr sqrt(max(1, outputs / inputs)) x
 * </pre>
 *
 * <p>{@link MuonAdjustment} has another factor. A weight with more than two axes is flattened to [rest, outputs] first.
 * The iterations run in the precision of theta. Only hidden matrices are treated in this way: by default all weights of
 * two axes or more but the first and the last one. All other parameters get AdamW with betas 0.9 and 0.95, epsilon
 * 1e-10 and the learning rate times 0.015. {@link Builder#matrices} chooses the matrices; {@link #toString} says which
 * they are.
 *
 * <p>A step costs one gradient of its batch and, for a matrix of short side s and long side l, 20 s^2 l + 10 s^3
 * operations. That is about (10/3) s / batch + (5/3) s^2 / (l batch) gradients of that layer: one at a batch of 1,000
 * and five at 200 for 784 x 250. So batches should have 500 examples or more. Memory: the gradient, m, and for matrices
 * twice their size and two matrices of order s.
 */
public final class Muon extends WholeGradientOptimizer {
    private final double momentum;
    private final List<MatrixParameter> matrices;
    private final List<MatrixParameter> others;

    private Muon(Builder builder) {
        super(builder, builder.frame(), builder.own());
        this.momentum = builder.momentum;
        this.matrices = builder.orthogonal();
        this.others =
                builder.parameters().stream().filter(p -> !matrices.contains(p)).toList();
    }

    /**
     * Begins with learning rate 0.02, momentum 0.95 after Nesterov, five iterations, no weight decay and batches of
     * 500.
     *
     * @param module which is trained, initialized
     * @return a builder
     */
    public static Builder builder(Module module) {
        return new Builder(module);
    }

    @Override
    public String name() {
        int count = matrices.size() + others.size();
        return nameOf("muon", "mu=" + momentum, "matrices=" + matrices.size() + " of " + count);
    }

    /** {@return the name, and which parameters are stepped in which way} */
    @Override
    public String toString() {
        return name() + "; Muon: " + list(matrices) + "; AdamW: " + list(others);
    }

    private static String list(List<MatrixParameter> parameters) {
        return parameters.isEmpty() ? "none" : String.join(", ", texts(parameters));
    }

    private static List<String> texts(List<MatrixParameter> parameters) {
        return parameters.stream().map(MatrixParameter::toString).toList();
    }

    /** Settings of {@link Muon}. */
    public static final class Builder extends MatrixBuilder<Builder> {
        private double momentum = 0.95;
        private boolean nesterov = true;
        private int iterations = 5;
        private MuonAdjustment adjustment = MuonAdjustment.ORIGINAL;
        private ParameterGroup matrices;
        private double othersRate = 0.015;
        private Moments others = new Moments(0.9, 0.95, 1e-10);

        private Builder(Module module) {
            super(0.02, module);
        }

        @Override
        MatrixFrame.Maker maker() {
            List<MatrixParameter> orthogonal = orthogonal();
            MuonRule.Settings hidden = new MuonRule.Settings(momentum, nesterov, iterations, adjustment);
            Moments ofOthers = others;
            double rateOfOthers = othersRate;
            return (parameter, dtype, arena) -> orthogonal.contains(parameter)
                    ? new MuonRule(parameter, dtype, arena, hidden)
                    : new AdamRule(parameter, dtype, arena, ofOthers, rateOfOthers);
        }

        private List<MatrixParameter> orthogonal() {
            List<MatrixParameter> all =
                    parameters().stream().filter(MatrixParameter::isMatrix).toList();
            return matrices == null
                    ? all.stream().skip(1).limit(Math.max(0, all.size() - 2)).toList()
                    : all.stream().filter(p -> p.isIn(matrices)).toList();
        }

        @Override
        Map<String, Object> own() {
            Map<String, Object> all = new TreeMap<>();
            all.put("momentum", momentum);
            all.put("nesterov", nesterov);
            all.put("iterations", iterations);
            all.put("adjustment", adjustment);
            all.put("matrices", texts(orthogonal()));
            all.put("others_rate", othersRate);
            all.put("others_beta1", others.beta1());
            all.put("others_beta2", others.beta2());
            all.put("others_epsilon", others.epsilon());
            return all;
        }

        /**
         * How slowly the mean of gradients forgets.
         *
         * @param mu from 0 to below 1; 0.95 without it
         * @return this
         */
        public Builder momentum(double mu) {
            this.momentum = Check.fraction("momentum", mu);
            return this;
        }

        /**
         * Whether the momentum is Nesterov's.
         *
         * @param on true without it
         * @return this
         */
        public Builder nesterov(boolean on) {
            this.nesterov = on;
            return this;
        }

        /**
         * The number of Newton-Schulz iterations.
         *
         * @param count at least 1; 5 without it
         * @return this
         */
        public Builder iterations(int count) {
            this.iterations = Check.atLeastOne("the number of iterations", count);
            return this;
        }

        /**
         * The factor of a step by the shape of its matrix.
         *
         * @param factor ORIGINAL without it
         * @return this
         */
        public Builder adjustment(MuonAdjustment factor) {
            this.adjustment = Objects.requireNonNull(factor, "factor");
            return this;
        }

        /**
         * Which parameters are treated as matrices: those of a group that have two axes or more, instead of all but the
         * first and the last of the module.
         *
         * @param group of whole parameters
         * @return this
         * @throws IllegalArgumentException if the group has no such parameter, or cuts one
         */
        public Builder matrices(ParameterGroup group) {
            if (parameters().stream().noneMatch(p -> p.isMatrix() && p.isIn(group))) {
                throw new IllegalArgumentException(
                        "the group " + group + " has no parameter of two axes or more; there are " + parameters());
            }
            this.matrices = group;
            return this;
        }

        /**
         * AdamW's learning rate for all other parameters.
         *
         * @param factor of the learning rate, not negative; 0.015 without it, as 3e-4 to 0.02
         * @return this
         */
        public Builder othersRate(double factor) {
            this.othersRate = Check.notNegative("the factor of a rate", factor);
            return this;
        }

        /**
         * AdamW's settings for all other parameters.
         *
         * @param beta1 of the mean of gradients, from 0 to below 1; 0.9 without it
         * @param beta2 of the mean of squares, from 0 to below 1; 0.95 without it
         * @param epsilon added to the root, positive; 1e-10 without it
         * @return this
         */
        public Builder others(double beta1, double beta2, double epsilon) {
            this.others = new Moments(beta1, beta2, epsilon);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Muon build() {
            return new Muon(this);
        }
    }
}
