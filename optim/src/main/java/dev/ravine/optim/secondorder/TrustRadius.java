package dev.ravine.optim.secondorder;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Displacement;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rule of a trust region (Nocedal and Wright, Numerical Optimization, algorithm 4.1, with SciPy's constants): a
 * step is taken if its {@link ReductionRatio} is above 0.15 and it changes theta. The radius becomes a quarter if the
 * ratio is below 1/4 or not a number, but stays above zero. It doubles, up to a limit, if the ratio is above 3/4 and
 * the step reached the boundary. Where theta is so large that steps within the first radius cannot change it, the first
 * radius is |theta| times the root of the machine epsilon instead, and a radius above the limit has none.
 *
 * @param first the radius of the first step
 * @param largest the limit of the radius
 */
public record TrustRadius(double first, double largest) {
    private static final double ACCEPTED_ABOVE = 0.15;

    /**
     * Checks the radii.
     *
     * @param first positive
     * @param largest positive
     * @throws IllegalArgumentException if one is not
     */
    public TrustRadius {
        Check.positive("the radius", first);
        Check.positive("the largest radius", largest);
    }

    /**
     * {@return the radius of the first step from a point}
     *
     * @param theta the point
     */
    public double firstAt(INDArray theta) {
        double epsilon = DType.of(theta) == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
        double size = Vectors.norm(theta);
        return first < 4 * epsilon * size ? Math.sqrt(epsilon) * size : first;
    }

    /**
     * The judgement of a step.
     *
     * @param accepted whether it is taken
     * @param isHopeless whether it is too short to change theta, as all steps within a smaller radius would be
     * @param gain its reduction ratio
     * @param nextRadius the radius of the next step, or of the next try
     */
    public record Verdict(boolean accepted, boolean isHopeless, ReductionRatio gain, double nextRadius) {
        /** {@return what the ratio does not say of the step; may be empty} */
        public String note() {
            return isHopeless ? Displacement.NONE : "";
        }
    }

    /**
     * Judges a step. Costs a value, unless the model predicts no decrease.
     *
     * @param radius the radius within which the step was found
     * @param atBoundary whether its length is the radius
     * @param predicted the change that the model predicts, damping not included
     * @param values the objective around the point
     * @param step p
     * @return whether it is taken, and the next radius
     */
    public Verdict judge(double radius, boolean atBoundary, double predicted, StepValues values, INDArray step) {
        ReductionRatio gain = ReductionRatio.of(predicted, values, step);
        double next = radius;
        if (!(gain.value() >= 0.25)) {
            next = Math.max(radius / 4, Double.MIN_NORMAL);
        } else if (gain.value() > 0.75 && atBoundary) {
            next = radius > largest ? 2 * radius : Math.min(2 * radius, largest);
        }
        boolean isHopeless = gain.loss() == values.start() && !values.moves(step, 1);
        return new Verdict(gain.value() > ACCEPTED_ABOVE && !isHopeless, isHopeless, gain, next);
    }
}
