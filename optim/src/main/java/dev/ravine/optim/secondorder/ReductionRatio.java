package dev.ravine.optim.secondorder;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Actual over predicted change of the objective. Where all that is predicted drowns in the rounding of the objective, a step
 * after which no change is visible counts as good as its model: 1.
 *
 * @param value the ratio; minus infinity if the objective is not finite there, not a number if no decrease is predicted
 * @param loss the objective after the step; before it if it was not evaluated
 * @param predicted the change that the model predicts
 */
public record ReductionRatio(double value, double loss, double predicted) {
    /**
     * Evaluates a step.
     *
     * @param predicted the change that the model predicts
     * @param values the objective around the point
     * @param step p
     * @return the ratio; a step without predicted decrease is not evaluated
     */
    public static ReductionRatio of(double predicted, StepValues values, INDArray step) {
        if (!(predicted < 0)) {
            return new ReductionRatio(Double.NaN, values.start(), predicted);
        }
        double after = values.at(step, 1);
        if (!Double.isFinite(after)) {
            return new ReductionRatio(Double.NEGATIVE_INFINITY, after, predicted);
        }
        double rounding = 4 * values.epsilon() * Math.abs(values.start());
        boolean isInvisible = -predicted <= rounding && Math.abs(after - values.start()) <= rounding;
        return new ReductionRatio(isInvisible ? 1 : (after - values.start()) / predicted, after, predicted);
    }

    /**
     * {@return what to report of the step}
     *
     * @param accepted whether the step was taken
     */
    public String verdict(boolean accepted) {
        if (!(predicted < 0)) {
            return "rejected: the model predicts no decrease" + (predicted == 0 ? "" : ", but " + predicted);
        }
        return (accepted ? "accepted" : "rejected") + " at ratio " + value;
    }
}
