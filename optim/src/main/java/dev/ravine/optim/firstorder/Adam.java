package dev.ravine.optim.firstorder;

import java.util.Map;

/**
 * Adam (Kingma and Ba, ICLR 2015) to PyTorch's conventions, with epsilon outside the root; at step t, from 1:
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g^2
 * theta -= lr / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p>lr 0.001, beta1 0.9, beta2 0.999 and epsilon 1e-8 are the paper's. {@link #adamW} decays weights apart from the
 * gradient (Loshchilov and Hutter, ICLR 2019), with their 0.01 as PyTorch has it.
 *
 * <p>With {@link Builder#amsGrad} the largest v so far stands in the place of v under the root.
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient, m and v, with AMSGrad the largest v too.
 *
 * <p>A good first choice: the length of a step hardly depends on the scale of loss and parameters. Its noise does not
 * die down without a decaying rate, and weight decay added to the gradient is divided by sqrt(v) too, so AdamW is the
 * better of the two for weight decay.
 */
public final class Adam extends FirstOrder {
    private final String kind;
    private final Moments moments;
    private final boolean amsGrad;

    private Adam(Builder builder) {
        super(
                builder,
                builder.amsGrad ? new String[] {"mean", "square", "largest square"} : new String[] {"mean", "square"});
        this.kind = builder.kind;
        this.moments = builder.moments();
        this.amsGrad = builder.amsGrad;
    }

    /**
     * Begins with learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-8, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder("adam");
    }

    /**
     * AdamW: the same with a decoupled weight decay of 0.01.
     *
     * @return a builder
     */
    public static Builder adamW() {
        return new Builder("adamw").decoupledWeightDecay(true).weightDecay(0.01);
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return new Rule(
                rate / moments.meanCorrection(step), Math.sqrt(moments.squareCorrection(step)), moments, amsGrad);
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return moments.settings(Map.of("amsgrad", amsGrad));
    }

    @Override
    public String name() {
        return amsGrad ? nameOf(kind, "amsgrad") : nameOf(kind);
    }

    /** The rule of one step, whose rate and root are corrected for means that began as zeros. */
    private record Rule(double rate, double rootCorrection, Moments moments, boolean keepsLargest)
            implements UpdateRule.SinglePrecision {
        @Override
        public void apply(int count, double[] theta, double[] gradient, double[][] state) {
            double[] m = state[0];
            double[] v = state[1];
            moments.add(count, gradient, m, v);
            double[] square = keepsLargest ? state[2] : v;
            if (keepsLargest) {
                for (int i = 0; i < count; i++) {
                    square[i] = Math.max(square[i], v[i]);
                }
            }
            double epsilon = moments.epsilon();
            for (int i = 0; i < count; i++) {
                gradient[i] = rate * m[i] / (Math.sqrt(square[i]) / rootCorrection + epsilon);
            }
        }

        @Override
        public void apply(int count, float[] theta, float[] gradient, float[][] state) {
            float[] m = state[0];
            float[] v = state[1];
            float keepMean = (float) moments.beta1();
            float takeMean = (float) (1 - moments.beta1());
            float keepSquare = (float) moments.beta2();
            float takeSquare = (float) (1 - moments.beta2());
            for (int i = 0; i < count; i++) {
                m[i] = keepMean * m[i] + takeMean * gradient[i];
                v[i] = keepSquare * v[i] + takeSquare * gradient[i] * gradient[i];
            }
            float[] square = keepsLargest ? state[2] : v;
            if (keepsLargest) {
                for (int i = 0; i < count; i++) {
                    square[i] = Math.max(square[i], v[i]);
                }
            }
            float factor = (float) rate;
            float inverseCorrection = (float) (1 / rootCorrection);
            float small = (float) moments.epsilon();
            for (int i = 0; i < count; i++) {
                gradient[i] = factor * m[i] / ((float) Math.sqrt(square[i]) * inverseCorrection + small);
            }
        }
    }

    /** Settings of {@link Adam}. */
    public static final class Builder extends MomentsBuilder<Builder> {
        private final String kind;
        private boolean amsGrad;

        private Builder(String kind) {
            super(1e-3);
            this.kind = kind;
        }

        /**
         * AMSGrad (Reddi, Kale and Kumar, "On the convergence of Adam and beyond", ICLR 2018): divides by the largest v
         * so far of each element instead of v, so that the steps of an element never grow while its gradients fade.
         * Keeps one more vector.
         *
         * @param on false without it
         * @return this
         */
        public Builder amsGrad(boolean on) {
            this.amsGrad = on;
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Adam build() {
            return new Adam(this);
        }
    }
}
