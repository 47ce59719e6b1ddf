package dev.ravine.optim.secondorder;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The frame of optimizers that look before they step: a checked value and gradient, an attempt that finds a step or says why
 * there is none, the change of theta, a report, and a state to save. A subclass finds steps in {@link #attempt}.
 */
public abstract class SecondOrder implements Optimizer {
    private final Arena arena = new Arena();
    private long steps;
    private INDArray gradient;

    /** For subclasses. */
    protected SecondOrder() {}

    /**
     * Where a step begins.
     *
     * @param objective what to minimise
     * @param theta the point; not to be changed by an attempt
     * @param scope over which examples the gradient is
     * @param lossScope over which examples the loss is, and values to be compared with it
     * @param loss f(theta)
     * @param gradient its gradient
     * @param gradientNorm the gradient's norm
     */
    public record Point(
            Objective objective,
            INDArray theta,
            Scope scope,
            Scope lossScope,
            double loss,
            INDArray gradient,
            double gradientNorm) {}

    /**
     * What came of an attempt.
     *
     * @param step the direction
     * @param rate how far to go along it; 0 if rejected
     * @param loss the objective at theta + rate step, over the point's examples of the loss
     * @param reason why it was accepted or rejected
     * @param model what the model did
     * @param telemetry further numbers
     */
    public record Attempt(
            INDArray step, double rate, double loss, String reason, ModelReport model, Map<String, Double> telemetry) {}

    @Override
    public final StepReport step(Objective objective, INDArray theta) {
        if (gradient == null) {
            gradient = newVector(objective.dtype(), objective.size());
        }
        if (gradient.length() != objective.size() || DType.of(gradient) != objective.dtype()) {
            throw new IllegalArgumentException(name() + " has learned from " + DType.of(gradient) + " vectors of "
                    + gradient.length() + " elements, found an objective of " + objective.dtype() + " and "
                    + objective.size() + "; use an optimizer for one objective");
        }
        double costBefore = objective.cost();
        Scope scope = nextScope(objective);
        double loss = gradient(objective, theta, scope, gradient);
        double gradientNorm = Vectors.norm(gradient);
        Scope lossScope = lossScope(objective, scope);
        if (lossScope != scope) {
            loss = objective.value(theta, lossScope);
        }
        if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) {
            throw new NonFiniteLossException(name() + " step " + (steps + 1) + ": loss " + loss + ", gradient norm "
                    + gradientNorm + "; "
                    + objective
                            .firstNonFinite(theta, scope)
                            .or(() -> objective.firstNonFinite(theta, lossScope))
                            .orElse("all operations are finite one by one")
                    + "; begin at other parameters, or look at the data");
        }
        steps++;
        Attempt attempt = attempt(new Point(objective, theta, scope, lossScope, loss, gradient, gradientNorm));
        boolean accepted = attempt.rate != 0;
        double stepNorm = 0;
        if (accepted) {
            Vectors.axpy(attempt.rate, attempt.step, theta);
            objective.thetaChanged(theta);
            stepNorm = Math.abs(attempt.rate) * Vectors.norm(attempt.step);
        }
        return new StepReport(
                steps,
                loss,
                accepted ? attempt.loss : loss,
                gradientNorm,
                stepNorm,
                scope.count(objective.examples()),
                objective.cost() - costBefore,
                accepted,
                attempt.reason,
                Optional.of(attempt.model),
                attempt.telemetry);
    }

    /**
     * Over which examples the next step's value and gradient go; the same ones if it is asked again because the step failed.
     *
     * @param objective what to minimise
     * @return all, without noise of their own, unless overridden
     */
    protected Scope nextScope(Objective objective) {
        return Scope.all();
    }

    /**
     * Over which examples a step's values go: the loss before and after it, and at every trial.
     *
     * @param objective what to minimise
     * @param scope the gradient's examples
     * @return the gradient's examples unless overridden, and then the loss at the beginning costs nothing
     */
    protected Scope lossScope(Objective objective, Scope scope) {
        return scope;
    }

    /**
     * Evaluates the objective at the beginning of a step.
     *
     * @param objective what to minimise
     * @param theta the point
     * @param scope over which examples
     * @param out overwritten with the gradient
     * @return the value
     */
    protected double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return objective.gradient(theta, scope, out);
    }

    /**
     * Finds a step.
     *
     * @param at where it begins
     * @return the step, or why there is none
     */
    protected abstract Attempt attempt(Point at);

    /**
     * What was learned, as numbers.
     *
     * @return by name; none unless overridden
     */
    protected Map<String, Double> stateNumbers() {
        return Map.of();
    }

    /**
     * What was learned, as vectors.
     *
     * @return by name; none before the first step
     */
    protected Map<String, INDArray> stateVectors() {
        return Map.of();
    }

    /**
     * Takes over what {@link #stateNumbers} and {@link #stateVectors} gave; to be overridden with them.
     *
     * @param state of an optimizer of the same kind
     */
    protected void restoreState(OptimizerState state) {
        // Nothing was learned.
    }

    /**
     * How many steps were made.
     *
     * @return rejected ones included
     */
    protected final long steps() {
        return steps;
    }

    /**
     * A vector of zeros that is returned when the optimizer is closed.
     *
     * @param dtype of its elements
     * @param size its length
     * @return a new vector
     */
    protected final INDArray newVector(DType dtype, long size) {
        return arena.allocate(dtype, Shape.of(size));
    }

    /**
     * A vector of zeros like another one, returned when the optimizer is closed.
     *
     * @param like a vector
     * @return a new one of its length and dtype
     */
    protected final INDArray newVector(INDArray like) {
        return newVector(DType.of(like), like.length());
    }

    @Override
    public final OptimizerState state() {
        return new OptimizerState(steps, stateNumbers(), stateVectors());
    }

    @Override
    public final void restore(OptimizerState state) {
        restoreState(state);
        steps = state.steps();
    }

    @Override
    public void close() {
        arena.close();
    }
}
