package dev.ravine.user;

import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.firstorder.UpdateRule;

/** Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023), as a user would write it. */
final class Lion extends FirstOrder {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.99;

    private Lion(Builder settings) {
        super(settings, "mean");
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        return (count, theta, gradient, state) -> {
            double[] mean = state[0];
            for (int i = 0; i < count; i++) {
                double g = gradient[i];
                gradient[i] = rate * Math.signum(BETA1 * mean[i] + (1 - BETA1) * g);
                mean[i] = BETA2 * mean[i] + (1 - BETA2) * g;
            }
        };
    }

    @Override
    public String name() {
        return nameOf("lion");
    }

    static final class Builder extends FirstOrder.Builder<Builder> {
        Builder() {
            super(1e-4);
        }

        @Override
        public Lion build() {
            return new Lion(this);
        }
    }
}
