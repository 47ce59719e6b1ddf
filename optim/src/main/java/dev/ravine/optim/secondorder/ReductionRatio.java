package dev.ravine.optim.secondorder;

import dev.ravine.core.DType;
import dev.ravine.optim.objective.Rounding;
import java.util.function.DoubleSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Actual over predicted change of the objective. Values of the objective carry rounding, and their difference may be
 * nothing else. So a change of at most 1024 units in the last place of the objective (4 in single precision) is taken
 * from the slopes at both ends of the step, where they are known ({@link StepValues#change}). If both changes are
 * within four units, their ratio is 1, as good as the model, but 0 if the step does not move theta.
 *
 * @param value the ratio; minus infinity if the objective is not finite after the step, not a number if no decrease is
 *     predicted
 * @param loss the objective after the step; before it if it was not evaluated
 * @param predicted the change that the model predicts; not a number if it was not asked for
 */
public record ReductionRatio(double value, double loss, double predicted) {
    /**
     * The ratio of changes that are known.
     *
     * @param predicted the change that the model predicts
     * @param before the objective before the step
     * @param after the objective after it
     * @param dtype in which the objective is computed
     * @return the ratio
     */
    public static ReductionRatio of(double predicted, double before, double after, DType dtype) {
        return new ReductionRatio(quotient(predicted, after - before, before, dtype), after, predicted);
    }

    private static double quotient(double predicted, double change, double before, DType dtype) {
        if (!(predicted < 0)) {
            return Double.NaN;
        }
        if (!Double.isFinite(change)) {
            return Double.NEGATIVE_INFINITY;
        }
        double invisible = Rounding.invisible(before, dtype);
        return -predicted <= invisible && Math.abs(change) <= invisible ? 1 : change / predicted;
    }

    /**
     * Evaluates a full step whose predicted change is known.
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
        double after = values.expecting(step, predicted);
        return of(predicted, values, step, values.change(step, 1, after));
    }

    private static ReductionRatio of(double predicted, StepValues values, INDArray step, double change) {
        double ratio = quotient(predicted, change, values.hasSlopes() ? 0 : values.start(), values.dtype());
        if (change == 0 && !values.moves(step, 1)) {
            ratio = 0;
        }
        return new ReductionRatio(ratio, values.at(step, 1), predicted);
    }

    /**
     * Evaluates a full step whose predicted change costs a product: the step is evaluated first.
     *
     * @param predicted computes the change that the model predicts; not asked if the objective rises visibly
     * @param values the objective around the point
     * @param step p
     * @return the ratio; minus infinity also if the objective rises visibly
     */
    public static ReductionRatio of(DoubleSupplier predicted, StepValues values, INDArray step) {
        double after = values.at(step, 1);
        double change = values.change(step, 1, after);
        if (!(change <= Rounding.invisible(values.start(), values.dtype()))) {
            return new ReductionRatio(Double.NEGATIVE_INFINITY, after, Double.NaN);
        }
        return of(predicted.getAsDouble(), values, step, change);
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
