package dev.ravine.optim.firstorder;

import java.util.Map;

/**
 * RAdam, Adam whose first steps do not trust their few squared gradients (Liu et al., "On the variance of the adaptive
 * learning rate and beyond", ICLR 2020) to PyTorch's conventions; at step t, from 1, with R = 2 / (1 - beta2) - 1 and
 * r = R - 2 t beta2^t / (1 - beta2^t):
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g^2
 * d = m / (1 - beta1^t)
 * theta -= lr d                                                                            if r &lt;= 5, else
 * theta -= lr d sqrt((r-4)(r-2) R / ((R-4)(R-2) r)) sqrt(1 - beta2^t) / (sqrt(v) + epsilon)
 * </pre>
 *
 * <p>lr 0.001, beta1 0.9, beta2 0.999 and epsilon 1e-8 are the paper's. The first root, or 0 while r &lt;= 5, is the
 * report's "rectification".
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient, m and v.
 *
 * <p>It takes the place of a warm-up of Adam's rate. Its first steps (5 with beta2 0.999, all of them with beta2 below
 * 2/3) are momentum steps along the gradient itself, whose length is in the gradient's scale: where gradients are
 * large, clip them or begin with a low rate.
 */
public final class RAdam extends FirstOrder {
    private static final double LEAST_LENGTH = 5;

    private final Moments moments;

    private RAdam(Builder builder) {
        super(builder, "mean", "square");
        this.moments = builder.moments();
    }

    /**
     * Begins with learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-8, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        double correction = moments.squareCorrection(step);
        double rectification = rectification(step, correction);
        return new Rule(
                rate / moments.meanCorrection(step), rectification, rectification * Math.sqrt(correction), moments);
    }

    /** 0 while there are too few squared gradients. */
    private double rectification(long step, double correction) {
        double most = 2 / (1 - moments.beta2()) - 1;
        double length = most - 2 * step * Math.pow(moments.beta2(), (double) step) / correction;
        return length > LEAST_LENGTH
                ? Math.sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length))
                : 0;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return moments.settings();
    }

    @Override
    public String name() {
        return nameOf("radam");
    }

    /** The rule of one step; without a rectification it follows the mean itself. */
    private record Rule(double rate, double rectification, double numerator, Moments moments) implements UpdateRule {
        @Override
        public void apply(int count, double[] theta, double[] gradient, double[][] state) {
            double[] m = state[0];
            double[] v = state[1];
            double epsilon = moments.epsilon();
            moments.add(count, gradient, m, v);
            for (int i = 0; i < count; i++) {
                gradient[i] = rate * m[i];
            }
            if (rectification > 0) {
                for (int i = 0; i < count; i++) {
                    gradient[i] *= numerator / (Math.sqrt(v[i]) + epsilon);
                }
            }
        }

        @Override
        public Map<String, Double> telemetry() {
            return Map.of("rectification", rectification);
        }
    }

    /** Settings of {@link RAdam}. */
    public static final class Builder extends MomentsBuilder<Builder> {
        private Builder() {
            super(1e-3);
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public RAdam build() {
            return new RAdam(this);
        }
    }
}
