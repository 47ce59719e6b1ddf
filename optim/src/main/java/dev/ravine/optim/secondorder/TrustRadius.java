package dev.ravine.optim.secondorder;

import dev.ravine.core.Check;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rule of a trust region (Nocedal and Wright, Numerical Optimization, algorithm 4.1, with SciPy's constants): a step is
 * taken if the ratio of actual over predicted change is above 0.15. The radius becomes a quarter if the ratio is below
 * 1/4, and twice as large, up to a limit, if the ratio is above 3/4 and the step reached the boundary. What
 * the ratio is where changes drown in rounding, see {@link ReductionRatio}.
 *
 * @param first the radius of the first step
 * @param largest what the radius never exceeds
 */
public record TrustRadius(double first, double largest) {
    private static final double ACCEPTED_ABOVE = 0.15;

    /**
     * Checks the radii.
     *
     * @param first positive
     * @param largest positive
     */
    public TrustRadius {
        Check.positive("the radius", first);
        Check.positive("the largest radius", largest);
    }

    /**
     * What becomes of a step.
     *
     * @param accepted whether it is taken
     * @param gain how it compares with what it promised
     * @param nextRadius of the next step
     */
    public record Verdict(boolean accepted, ReductionRatio gain, double nextRadius) {}

    /**
     * Compares what a step promises with what it does.
     *
     * @param radius of the step
     * @param atBoundary whether its length is the radius
     * @param predicted the change that the model predicts
     * @param values the objective around the point
     * @param step p
     * @return the verdict
     */
    public Verdict judge(double radius, boolean atBoundary, double predicted, StepValues values, INDArray step) {
        ReductionRatio gain = ReductionRatio.of(predicted, values, step);
        double next = radius;
        if (!(gain.value() >= 0.25)) {
            next = Math.max(radius / 4, Double.MIN_NORMAL);
        } else if (gain.value() > 0.75 && atBoundary) {
            next = Math.min(2 * radius, largest);
        }
        return new Verdict(gain.value() > ACCEPTED_ABOVE, gain, next);
    }
}
