package dev.ravine.optim;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rule of a trust region (Nocedal and Wright, Numerical Optimization, algorithm 4.1, with SciPy's constants): a step is
 * taken if the ratio of actual over predicted change is above 0.15. The radius becomes a quarter if the ratio is below
 * 1/4, and twice as large, up to a limit, if the ratio is above 3/4 and the step reached the boundary.
 *
 * @param first the radius of the first step
 * @param largest what the radius never exceeds
 */
record TrustRadius(double first, double largest) {
    private static final double ACCEPTED_ABOVE = 0.15;

    TrustRadius {
        Check.positive("the radius", first);
        Check.positive("the largest radius", largest);
    }

    /**
     * What becomes of a step.
     *
     * @param accepted whether it is taken
     * @param loss the objective after it, if it was evaluated
     * @param ratio actual over predicted change, not a number if no decrease was predicted
     * @param nextRadius of the next step
     * @param reason why
     */
    record Verdict(boolean accepted, double loss, double ratio, double nextRadius, String reason) {}

    /**
     * Compares what a step promises with what it does.
     *
     * @param radius of the step
     * @param atBoundary whether its length is the radius
     * @param predicted the change that the model predicts
     * @param values the objective around the point
     * @param step p
     * @return the verdict; a step without predicted decrease is rejected unevaluated
     */
    Verdict judge(double radius, boolean atBoundary, double predicted, StepValues values, INDArray step) {
        if (!(predicted < 0)) {
            String reason = predicted == 0
                    ? "rejected: the model predicts no decrease"
                    : "rejected: the model predicts no decrease, but " + predicted;
            return new Verdict(false, values.start(), Double.NaN, Math.max(radius / 4, Double.MIN_NORMAL), reason);
        }
        double after = values.at(step, 1);
        double rounding = 4 * values.epsilon() * Math.abs(values.start());
        // Where all that is promised drowns in rounding, a step that changes nothing visible is as good as its model.
        boolean isInvisible = -predicted <= rounding && Math.abs(after - values.start()) <= rounding;
        double ratio = isInvisible ? 1 : (after - values.start()) / predicted;
        boolean accepted = ratio > ACCEPTED_ABOVE && Double.isFinite(after);
        double next = radius;
        if (!(ratio >= 0.25) || !Double.isFinite(after)) {
            next = Math.max(radius / 4, Double.MIN_NORMAL);
        } else if (ratio > 0.75 && atBoundary) {
            next = Math.min(2 * radius, largest);
        }
        return new Verdict(accepted, after, ratio, next, (accepted ? "accepted" : "rejected") + " at ratio " + ratio);
    }
}
