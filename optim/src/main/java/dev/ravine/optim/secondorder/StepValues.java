package dev.ravine.optim.secondorder;

import dev.ravine.core.DType;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.IdentityHashMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The objective along steps from one point; full steps are evaluated once each. */
public final class StepValues {
    private final Objective objective;
    private final Scope scope;
    private final INDArray theta;
    private final INDArray trial;
    private final INDArray gradient;
    private final double start;
    private final IdentityHashMap<INDArray, Double> full = new IdentityHashMap<>();

    /**
     * Values around a point.
     *
     * @param objective the function
     * @param scope the examples
     * @param theta the point
     * @param start f(theta)
     * @param gradient its gradient
     * @param trial scratch memory of theta's length
     */
    public StepValues(
            Objective objective, Scope scope, INDArray theta, double start, INDArray gradient, INDArray trial) {
        this.objective = objective;
        this.scope = scope;
        this.theta = theta;
        this.start = start;
        this.gradient = gradient;
        this.trial = trial;
    }

    /**
     * Values around the beginning of a step, over the examples of its loss.
     *
     * @param at where the step begins
     * @param trial scratch memory of theta's length
     * @return values; the one at the point is known
     */
    public static StepValues around(Point at, INDArray trial) {
        return new StepValues(at.objective(), at.lossScope(), at.theta(), at.loss(), at.gradient(), trial);
    }

    /**
     * Values around the beginning of a step, over other examples. Costs a value.
     *
     * @param at where the step begins
     * @param scope the examples
     * @param trial scratch memory of theta's length
     * @return values; the one at the point is known
     */
    public static StepValues over(Scope scope, Point at, INDArray trial) {
        double start = at.objective().value(at.theta(), scope);
        return new StepValues(at.objective(), scope, at.theta(), start, at.gradient(), trial);
    }

    /** {@return f(theta)} */
    public double start() {
        return start;
    }

    /** {@return the dtype in which the objective is computed} */
    public DType dtype() {
        return objective.dtype();
    }

    /**
     * f(theta + rate step).
     *
     * @param step a direction
     * @param rate how far along it
     * @return the value; may be infinite or not a number
     */
    public double at(INDArray step, double rate) {
        return rate == 1 ? full.computeIfAbsent(step, s -> evaluate(s, 1)) : evaluate(step, rate);
    }

    private double evaluate(INDArray step, double rate) {
        Vectors.copy(theta, trial);
        Vectors.axpy(rate, step, trial);
        return objective.value(trial, scope);
    }

    /**
     * Whether a step changes any element of theta.
     *
     * @param step a direction
     * @param rate how far along it
     * @return false if it is too short for the precision of theta
     */
    public boolean moves(INDArray step, double rate) {
        Vectors.copy(theta, trial);
        Vectors.axpy(rate, step, trial);
        return !Vectors.equal(theta, trial);
    }

    /**
     * The derivative of f along a step, at the point.
     *
     * @param step a direction
     * @return g'step
     */
    public double slope(INDArray step) {
        return Vectors.dot(gradient, step);
    }
}
