package dev.ravine.optim;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Actual over predicted change of the objective. Where all that is predicted drowns in the rounding of the objective, a step
 * after which no change is visible counts as good as its model: 1.
 *
 * @param value the ratio; minus infinity if the objective is not finite there, not a number if no decrease is predicted
 * @param loss the objective after the step; before it if it was not evaluated
 * @param predicted the change that the model predicts
 */
record GainRatio(double value, double loss, double predicted) {
    /**
     * Evaluates a step.
     *
     * @param predicted the change that the model predicts
     * @param values the objective around the point
     * @param step p
     * @return the ratio; a step without predicted decrease is not evaluated
     */
    static GainRatio of(double predicted, StepValues values, INDArray step) {
        if (!(predicted < 0)) {
            return new GainRatio(Double.NaN, values.start(), predicted);
        }
        double after = values.at(step, 1);
        if (!Double.isFinite(after)) {
            return new GainRatio(Double.NEGATIVE_INFINITY, after, predicted);
        }
        double rounding = 4 * values.epsilon() * Math.abs(values.start());
        boolean isInvisible = -predicted <= rounding && Math.abs(after - values.start()) <= rounding;
        return new GainRatio(isInvisible ? 1 : (after - values.start()) / predicted, after, predicted);
    }

    /** What to report. */
    String verdict(boolean accepted) {
        if (!(predicted < 0)) {
            return "rejected: the model predicts no decrease" + (predicted == 0 ? "" : ", but " + predicted);
        }
        return (accepted ? "accepted" : "rejected") + " at ratio " + value;
    }
}
