package dev.ravine.optim.secondorder;

import dev.ravine.core.DType;
import java.util.function.DoubleSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Actual over predicted change of the objective. Close to a minimum both can be below the rounding of the objective,
 * and their ratio would be noise; it is then 1, as good as the model.
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
        return new ReductionRatio(quotient(predicted, before, after, dtype), after, predicted);
    }

    private static double quotient(double predicted, double before, double after, DType dtype) {
        if (!(predicted < 0)) {
            return Double.NaN;
        }
        if (!Double.isFinite(after)) {
            return Double.NEGATIVE_INFINITY;
        }
        double rounding = rounding(before, dtype);
        boolean isInvisible = -predicted <= rounding && Math.abs(after - before) <= rounding;
        return isInvisible ? 1 : (after - before) / predicted;
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
        return of(predicted, values.start(), values.at(step, 1), values.dtype());
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
        if (!(after - values.start() <= rounding(values.start(), values.dtype()))) {
            return new ReductionRatio(Double.NEGATIVE_INFINITY, after, Double.NaN);
        }
        return of(predicted.getAsDouble(), values.start(), after, values.dtype());
    }

    /**
     * {@return the size up to which a change of the objective may be rounding, four units in the last place of its
     * value}
     *
     * @param value the objective
     * @param dtype in which it is computed
     */
    public static double rounding(double value, DType dtype) {
        return 4 * (dtype == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0)) * Math.abs(value);
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
