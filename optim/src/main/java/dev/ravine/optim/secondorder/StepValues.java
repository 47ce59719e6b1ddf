package dev.ravine.optim.secondorder;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Rounding;
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
    private boolean hasGradient = true;
    private double known;
    private final IdentityHashMap<INDArray, Double> full = new IdentityHashMap<>();
    private final IdentityHashMap<INDArray, Double> fullBySlopes = new IdentityHashMap<>();

    /**
     * Values around a point.
     *
     * @param objective the function
     * @param scope the examples, of the gradient too
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

    /** The gradient is that of the step's examples, which may be others. */
    private StepValues(Point at, Scope scope, double start, INDArray trial) {
        this(at.objective(), scope, at.theta(), start, at.gradient(), trial);
        this.hasGradient = scope == at.scope();
    }

    /**
     * Values around the beginning of a step, over the examples of its loss.
     *
     * @param at where the step begins
     * @param trial scratch memory of theta's length
     * @return values; the one at the point is known
     */
    public static StepValues around(Point at, INDArray trial) {
        return new StepValues(at, at.lossScope(), at.loss(), trial);
    }

    /**
     * The same values, if it is known how large their rounding can be.
     *
     * @param rounding the size up to which changes of f may be rounding; as large as the value of f lets expect, if
     *     that is more
     * @return this
     */
    public StepValues rounding(double rounding) {
        known = rounding;
        return this;
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
        return new StepValues(at, scope, at.objective().value(at.theta(), scope), trial);
    }

    /** {@return f(theta)} */
    public double start() {
        return start;
    }

    /** {@return whether {@link #change} takes slopes where values are too coarse} */
    boolean hasSlopes() {
        return hasGradient;
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

    /**
     * f(theta + step) of a full step. Its slope there is evaluated along with the value if {@link #change} is likely to
     * ask for it: a gradient costs a value less then.
     *
     * @param step a direction
     * @param predicted the change that is expected
     * @return the value; may be infinite or not a number
     */
    double expecting(INDArray step, double predicted) {
        if (hasGradient && Math.abs(predicted) <= rounding() && !full.containsKey(step)) {
            bySlopes(step, 1);
        }
        return at(step, 1);
    }

    private double evaluate(INDArray step, double rate) {
        go(step, rate);
        return objective.value(trial, scope);
    }

    private void go(INDArray step, double rate) {
        Vectors.copy(theta, trial);
        Vectors.axpy(rate, step, trial);
    }

    /**
     * f(theta + rate step) - f(theta). Where that may be rounding, and the gradient is of the same examples, it is the
     * mean slope at both ends along the way that theta really moves: (g(theta) + g(theta + d))'d / 2, which is exact up
     * to the third order of d, and whose rounding shrinks with d. It costs a gradient then.
     *
     * @param step a direction
     * @param rate how far along it
     * @param value f(theta + rate step)
     * @return the change; 0 if rounding leaves theta where it is, infinite or not a number if the value is
     */
    public double change(INDArray step, double rate, double value) {
        double change = value - start;
        double rounding = rounding();
        if (!hasGradient || !(Math.abs(change) <= rounding)) {
            return change;
        }
        double bySlopes = bySlopes(step, rate);
        // A long step can end at the same value by chance; slopes say nothing about it.
        return Math.abs(bySlopes) <= rounding ? bySlopes : change;
    }

    private double rounding() {
        return Math.max(known, Rounding.possible(start, dtype()));
    }

    private double bySlopes(INDArray step, double rate) {
        Double ready = rate == 1 ? fullBySlopes.get(step) : null;
        if (ready != null) {
            return ready;
        }
        INDArray slopes = Arena.create(dtype(), Shape.of(theta.length()));
        go(step, rate);
        double value = objective.gradient(trial, scope, slopes);
        Vectors.axpy(1, gradient, slopes);
        Vectors.axpy(-1, theta, trial);
        double change = Vectors.dot(slopes, trial) / 2;
        if (rate == 1) {
            full.putIfAbsent(step, value);
            fullBySlopes.put(step, change);
        }
        return change;
    }

    /**
     * Whether a step changes any element of theta.
     *
     * @param step a direction
     * @param rate how far along it
     * @return false if it is too short for the precision of theta
     */
    public boolean moves(INDArray step, double rate) {
        go(step, rate);
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
