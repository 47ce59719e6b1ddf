package dev.ravine.optim.firstorder;

import java.util.Map;

/**
 * Turns the gradient of one step into the change of theta, element by element. A vector is handed over in chunks, so
 * a rule is a plain loop over arrays that stay in the cache. Numbers that depend on the step alone are computed when
 * the rule is made. Several threads may apply one rule to different chunks at once, so it writes to nothing else.
 */
@FunctionalInterface
public interface UpdateRule {
    /**
     * Turns the gradient of a chunk into its step, and updates the state. Computes in double precision; the numbers of
     * a single-precision model are converted.
     *
     * @param count how many elements, at the beginning of all arrays
     * @param theta the parameters, not to be changed
     * @param gradient overwritten with the step, which is then subtracted from theta
     * @param state a chunk of each vector that the optimizer keeps, in the order of their names, changed in place
     */
    void apply(int count, double[] theta, double[] gradient, double[][] state);

    /**
     * {@return the factor, if the step is the gradient times a factor and the rule keeps no state, so that a plain step
     * needs no chunks; not a number unless overridden}
     */
    default double factor() {
        return Double.NaN;
    }

    /** {@return numbers for the step's report by name, such as a scheduled momentum; none unless overridden} */
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
         * @param state a chunk of each vector that the optimizer keeps, in the order of their names, changed in place
         */
        void apply(int count, float[] theta, float[] gradient, float[][] state);
    }
}
