package dev.ravine.optim.firstorder;

import dev.ravine.optim.Schedule;
import java.util.Map;

/**
 * Adagrad (Duchi, Hazan and Singer, JMLR 2011) to PyTorch's conventions:
 *
 * <pre>
 * s += g^2
 * theta -= lr g / (sqrt(s) + epsilon)
 * </pre>
 *
 * <p>lr 0.01 and epsilon 1e-10 are PyTorch's; for its decay of the rate give {@link Builder#learningRate(Schedule)} the
 * schedule {@code t -> lr / (1 + decay * t)}.
 *
 * <p>A step costs one gradient of its batch. Memory: the gradient and s.
 *
 * <p>For convex problems and rare features: a feature's steps stay long until it has been seen. s only grows, so steps
 * shrink like 1 / sqrt(t). In deep nets that is often too early: see {@link RmsProp}.
 */
public final class Adagrad extends FirstOrder {
    private final double epsilon;

    private Adagrad(Builder builder) {
        super(builder, "sum");
        this.epsilon = builder.epsilon;
    }

    /**
     * Begins with learning rate 0.01, epsilon 1e-10, batches of 100.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return (count, theta, gradient, state) -> {
            double[] sum = state[0];
            for (int i = 0; i < count; i++) {
                sum[i] += gradient[i] * gradient[i];
                gradient[i] = rate * gradient[i] / (Math.sqrt(sum[i]) + epsilon);
            }
        };
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of("epsilon", epsilon);
    }

    @Override
    public String name() {
        return nameOf("adagrad");
    }

    /** Settings of {@link Adagrad}. */
    public static final class Builder extends RootBuilder<Builder> {
        private Builder() {
            super(0.01, 1e-10);
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Adagrad build() {
            return new Adagrad(this);
        }
    }
}
