package dev.ravine.optim.firstorder;

import dev.ravine.core.Check;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings of optimizers that keep running means of the gradient and of its square, or of something in the place of its
 * square.
 *
 * @param beta1 how slowly the mean of gradients forgets, from 0 to below 1
 * @param beta2 how slowly the mean of squares forgets, from 0 to below 1
 * @param epsilon keeps the denominator from 0, positive
 */
public record Moments(double beta1, double beta2, double epsilon) {
    /**
     * Checks the numbers.
     *
     * @param beta1 how slowly the mean of gradients forgets, from 0 to below 1
     * @param beta2 how slowly the mean of squares forgets, from 0 to below 1
     * @param epsilon keeps the denominator from 0, positive
     * @throws IllegalArgumentException if one is out of its range
     */
    public Moments {
        Check.fraction("beta1", beta1);
        Check.fraction("beta2", beta2);
        Check.positive("epsilon", epsilon);
    }

    /**
     * {@return the same with other betas}
     *
     * @param first of the mean of gradients, from 0 to below 1
     * @param second of the mean of squares, from 0 to below 1
     */
    public Moments withBetas(double first, double second) {
        return new Moments(first, second, epsilon);
    }

    /**
     * {@return the same with another epsilon}
     *
     * @param value positive
     */
    public Moments withEpsilon(double value) {
        return new Moments(beta1, beta2, value);
    }

    /**
     * {@return 1 - beta1^t, the sum of all weights in a mean of gradients that began as 0}
     *
     * @param step t, from 1
     */
    public double meanCorrection(long step) {
        return 1 - Math.pow(beta1, (double) step);
    }

    /**
     * {@return 1 - beta2^t, the sum of all weights in a mean of squares that began as 0}
     *
     * @param step t, from 1
     */
    public double squareCorrection(long step) {
        return 1 - Math.pow(beta2, (double) step);
    }

    /**
     * The means after another gradient.
     *
     * @param count how many elements
     * @param gradient of them
     * @param mean m = beta1 m + (1 - beta1) g, changed in place
     * @param square v = beta2 v + (1 - beta2) g^2, changed in place
     */
    void add(int count, double[] gradient, double[] mean, double[] square) {
        for (int i = 0; i < count; i++) {
            double g = gradient[i];
            mean[i] = beta1 * mean[i] + (1 - beta1) * g;
            square[i] = beta2 * square[i] + (1 - beta2) * g * g;
        }
    }

    /** {@return these settings by name, for {@link FirstOrder#ownSettings}} */
    public Map<String, Object> settings() {
        return settings(Map.of());
    }

    /**
     * {@return these settings and others by name, for {@link FirstOrder#ownSettings}}
     *
     * @param others of the same optimizer
     */
    public Map<String, Object> settings(Map<String, ?> others) {
        Map<String, Object> all = new TreeMap<>(Check.noNullNamesIn("the other settings", others));
        all.put("beta1", beta1);
        all.put("beta2", beta2);
        all.put("epsilon", epsilon);
        return all;
    }
}
