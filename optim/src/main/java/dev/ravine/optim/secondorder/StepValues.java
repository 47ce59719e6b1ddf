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
     * @param scope over which examples
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
     * @return values, of which the first is known
     */
    public static StepValues around(SecondOrder.Point at, INDArray trial) {
        return new StepValues(at.objective(), at.lossScope(), at.theta(), at.loss(), at.gradient(), trial);
    }

    /**
     * f(theta).
     *
     * @return the value at the point itself
     */
    public double start() {
        return start;
    }

    /** The distance from 1 to the next number of the objective's dtype. */
    double epsilon() {
        return objective.dtype() == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
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
     * The derivative of f along a step, at the point.
     *
     * @param step a direction
     * @return g'step
     */
    public double slope(INDArray step) {
        return Vectors.dot(gradient, step);
    }
}
