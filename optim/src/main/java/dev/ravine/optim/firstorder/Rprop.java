package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import java.util.Arrays;
import java.util.Map;

/**
 * Rprop, steps by the sign of the gradient alone (Riedmiller and Braun, "A direct adaptive method for faster
 * backpropagation learning", ICNN 1993; in the variant without weight backtracking that PyTorch has, Igel and Huesken's
 * iRprop-, 2000). Each element has a size h, which begins at lr:
 *
 * <pre>
 * h = clamp(h eta, smallest, largest)   eta+ where g has the sign of the step before, eta- where it has the other one
 * g = 0                                 where it has the other one
 * theta -= sign(g) h
 * </pre>
 *
 * <p>lr 0.01, eta- 0.5, eta+ 1.2 and sizes from 1e-6 to 50 are PyTorch's. A learning rate that changes later, by a
 * schedule or otherwise, multiplies all sizes, where PyTorch ignores it. Where the rate is 0, nothing changes.
 *
 * <p>A step costs one gradient. Memory: the gradient, the one before, and h over lr.
 *
 * <p>For gradients over all examples, which is the default here: the sign of a mini-batch's gradient changes by noise,
 * and sizes shrink to nothing. On small data sets it needs hardly any tuning.
 */
public final class Rprop extends FirstOrder {
    private final Sizes sizes;

    private Rprop(Builder builder) {
        super(builder, "gradient", "size");
        this.sizes = new Sizes(builder.shrinking, builder.growing, builder.smallest, builder.largest);
    }

    /**
     * Begins with learning rate 0.01, factors 0.5 and 1.2, sizes from 1e-6 to 50, gradients over all examples.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected UpdateRule rule(long step, double rate) {
        double shrinking = sizes.shrinking;
        double growing = sizes.growing;
        double smallest = sizes.smallest;
        double largest = sizes.largest;
        return (count, theta, gradient, state) -> {
            if (rate == 0) {
                Arrays.fill(gradient, 0, count, 0);
                return;
            }
            double[] before = state[0];
            double[] size = state[1];
            for (int i = 0; i < count; i++) {
                double turn = Math.signum(gradient[i]) * Math.signum(before[i]);
                double eta = turn > 0 ? growing : turn < 0 ? shrinking : 1;
                double started = size[i] == 0 ? 1 : size[i];
                double h = Math.max(smallest, Math.min(largest, rate * started * eta));
                size[i] = h / rate;
                before[i] = turn < 0 ? 0 : gradient[i];
                gradient[i] = Math.signum(before[i]) * h;
            }
        };
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of(
                "shrinking", sizes.shrinking,
                "growing", sizes.growing,
                "smallest", sizes.smallest,
                "largest", sizes.largest);
    }

    @Override
    public String name() {
        return nameOf("rprop");
    }

    /** How the sizes of elements change, and their limits. */
    private record Sizes(double shrinking, double growing, double smallest, double largest) {
        Sizes {
            if (smallest > largest) {
                throw new IllegalStateException("Rprop's smallest size must not be above its largest one, found "
                        + smallest + " and " + largest + "; set both with sizes");
            }
        }
    }

    /** Settings of {@link Rprop}. */
    public static final class Builder extends FirstOrder.Builder<Builder> {
        private double shrinking = 0.5;
        private double growing = 1.2;
        private double smallest = 1e-6;
        private double largest = 50;

        private Builder() {
            super(0.01);
            batchSize(0);
        }

        /**
         * The factors of an element's size.
         *
         * @param minus where the gradient has changed its sign, above 0 and below 1
         * @param plus where it has kept its sign, at least 1
         * @return this
         */
        public Builder etas(double minus, double plus) {
            this.shrinking = Check.fraction("eta-", Check.positive("eta-", minus));
            this.growing = Check.growth("eta+", plus);
            return this;
        }

        /**
         * The limits of an element's size.
         *
         * @param least positive
         * @param most positive, not below the other one
         * @return this
         */
        public Builder sizes(double least, double most) {
            this.smallest = Check.positive("the smallest size", least);
            this.largest = Check.positive("the largest size", most);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        @Override
        public Rprop build() {
            return new Rprop(this);
        }
    }
}
