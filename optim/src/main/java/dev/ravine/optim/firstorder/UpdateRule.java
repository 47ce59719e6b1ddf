package dev.ravine.optim.firstorder;

import java.util.Map;

/**
 * What a first-order optimizer does with one step's gradient, element by element. A vector is handed over in blocks, so a
 * rule is a plain loop over arrays that stay in the cache; what depends on the step alone is computed when the rule is made.
 */
@FunctionalInterface
public interface UpdateRule {
    /**
     * Turns the gradient of a block into its step, and learns from it. Computes in double precision; the numbers of a
     * single-precision model are converted.
     *
     * @param count how many elements, at the beginning of all arrays
     * @param theta the parameters, not to be changed
     * @param gradient overwritten with the step, which is then subtracted from theta
     * @param state a block of each vector that the optimizer keeps, in the order of their names, changed in place
     */
    void apply(int count, double[] theta, double[] gradient, double[][] state);

    /**
     * What to tell about this step in its report.
     *
     * @return numbers by name, such as a scheduled momentum; none unless overridden
     */
    default Map<String, Double> telemetry() {
        return Map.of();
    }

    /** A rule that works on a single-precision model without conversions, which is about twice as fast. */
    interface SinglePrecision extends UpdateRule {
        /**
         * The same as the other, in single precision.
         *
         * @param count how many elements, at the beginning of all arrays
         * @param theta the parameters, not to be changed
         * @param gradient overwritten with the step, which is then subtracted from theta
         * @param state a block of each vector that the optimizer keeps, in the order of their names, changed in place
         */
        void apply(int count, float[] theta, float[] gradient, float[][] state);
    }
}
