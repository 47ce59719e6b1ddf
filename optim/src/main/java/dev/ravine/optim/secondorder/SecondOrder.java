package dev.ravine.optim.secondorder;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.StableText;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.optim.Displacement;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.SameObjective;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The frame of optimizers that look before they step: a checked value and gradient, an attempt that finds a step or
 * says why there is none, the change of theta, a report, and a state to save. A subclass finds steps in
 * {@link #attempt}.
 */
public abstract class SecondOrder implements Optimizer {
    private final Arena arena = new Arena("the optimizer");
    private final Lifetime lifetime = new Lifetime("the optimizer", arena::close);
    private final SameObjective same = new SameObjective();
    private long steps;
    private INDArray gradient;
    private List<Span> trainable;
    private boolean canRetry = true;

    /** For subclasses. */
    protected SecondOrder() {}

    @Override
    public final StepReport step(Objective objective, INDArray theta) {
        return lifetime.during(() -> stepOnce(objective, theta));
    }

    private StepReport stepOnce(Objective objective, INDArray theta) {
        same.require(this, objective);
        if (gradient == null || gradient.length() != objective.size() || DType.of(gradient) != objective.dtype()) {
            gradient = newVector(objective.dtype(), objective.size());
        }
        followFreezing(objective);
        double costBefore = objective.cost();
        Point point = begin(objective, theta);
        steps++; // also if the attempt fails
        Map<String, Double> numbersBefore = stateNumbers();
        Attempt attempt = attempt(point);
        boolean accepted = attempt.rate() != 0
                && new Displacement(attempt.step(), attempt.rate(), theta).apply(objective.workers());
        canRetry = accepted || !stateVectors().isEmpty() || !stateNumbers().equals(numbersBefore);
        double stepNorm = 0;
        if (accepted) {
            objective.thetaChanged(theta);
            stepNorm = Math.abs(attempt.rate()) * SharedVectors.norm(Elements.of(attempt.step()), objective.workers());
        }
        return new StepReport(
                steps,
                point.loss(),
                accepted ? attempt.loss() : point.loss(),
                point.gradientNorm(),
                stepNorm,
                point.scope().count(objective.examples()),
                objective.cost() - costBefore,
                accepted,
                attempt.rate() == 0 || accepted ? attempt.reason() : attempt.reason() + "; " + Displacement.NONE,
                Optional.of(attempt.model()),
                attempt.telemetry());
    }

    /**
     * Checks that the optimizer is open; for public methods of subclasses.
     *
     * @throws IllegalStateException if it is closed
     */
    protected final void requireOpen() {
        lifetime.require();
    }

    /** At the first step, what was restored may come from a time when other parameters were frozen. */
    private void followFreezing(Objective objective) {
        List<Span> now = objective.trainable();
        if (trainable == null) {
            trainableRestored(now);
        } else if (!trainable.equals(now)) {
            trainableChanged(now);
        }
        trainable = now;
    }

    /** A method that keeps nothing but theta, or whose numbers stay the same, finds the same step again. */
    @Override
    public boolean canRetry() {
        return canRetry;
    }

    /** True unless overridden: methods with curvature find lengths and damping of their own. */
    @Override
    public boolean fitsAnyUnits() {
        return true;
    }

    /** Value and gradient at theta, checked. */
    private Point begin(Objective objective, INDArray theta) {
        Scope scope = nextScope(objective, steps);
        double loss = gradient(objective, theta, scope, gradient);
        double gradientNorm = SharedVectors.norm(Elements.of(gradient), objective.workers());
        Scope lossScope = lossScope(objective, scope, steps);
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
        return new Point(steps, objective, theta, scope, lossScope, loss, gradient, gradientNorm);
    }

    /**
     * Chooses the examples of a step's gradient. Asked again with the same number if the step failed, and must then
     * answer the same.
     *
     * @param objective what to minimise
     * @param step its number, from 0
     * @return all examples, without noise of their own, unless overridden
     */
    protected Scope nextScope(Objective objective, long step) {
        return Scope.all();
    }

    /**
     * Chooses the examples of a step's values: the loss before and after it, and at every trial.
     *
     * @param objective what to minimise
     * @param scope the gradient's examples
     * @param step its number, from 0
     * @return the gradient's examples unless overridden; then the loss at the beginning costs nothing
     */
    protected Scope lossScope(Objective objective, Scope scope, long step) {
        return scope;
    }

    /**
     * Evaluates the objective at the beginning of a step.
     *
     * @param objective what to minimise
     * @param theta the point
     * @param scope the examples
     * @param out overwritten with the gradient
     * @return the value
     */
    protected double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return objective.gradient(theta, scope, out);
    }

    /**
     * Called before a step if parameters were frozen or unfrozen since the last one. A method that carries vectors from
     * step to step must forget them or clear what is frozen, so that nothing moves frozen parameters.
     *
     * @param spans the parts of theta that steps may change
     */
    protected void trainableChanged(List<Span> spans) {}

    /**
     * Called before the first step, and before the first one after a state was restored: what it holds may come from a
     * time when other parameters were frozen. Vectors that are zero in all frozen parameters must stay as they are, so
     * that a resumed run is exact.
     *
     * @param spans the parts of theta that steps may change
     */
    protected void trainableRestored(List<Span> spans) {
        trainableChanged(spans);
    }

    /**
     * Finds a step.
     *
     * @param at where it begins
     * @return the step, or why there is none
     */
    protected abstract Attempt attempt(Point at);

    /**
     * {@return the settings of this kind by name, as values of which {@link StableText} makes text; the name unless
     * overridden}
     */
    protected Map<String, Object> ownSettings() {
        return Map.of("name", name());
    }

    @Override
    public final Map<String, String> settings() {
        Map<String, Object> all = new TreeMap<>(ownSettings());
        all.put("kind", getClass().getSimpleName());
        return StableText.ofAll(all);
    }

    /** {@return what the optimizer keeps between steps, as numbers by name; none unless overridden} */
    protected Map<String, Double> stateNumbers() {
        return Map.of();
    }

    /**
     * {@return what the optimizer keeps between steps, as vectors of theta's length by name; none before the first
     * step}
     */
    protected Map<String, INDArray> stateVectors() {
        return Map.of();
    }

    /**
     * Takes over what {@link #stateNumbers} and {@link #stateVectors} gave; to be overridden with them. It must not
     * change the optimizer if it throws.
     *
     * @param state of an optimizer of the same kind
     */
    protected void restoreState(OptimizerState state) {
        // There is none.
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
        lifetime.require();
        return new OptimizerState(steps, stateNumbers(), stateVectors());
    }

    @Override
    public final void restore(OptimizerState state) {
        lifetime.require();
        restoreState(state);
        steps = state.steps();
        same.forget();
        trainable = null;
        canRetry = true;
    }

    @Override
    public void close() {
        lifetime.close();
    }

    /** {@return the name with the main settings} */
    @Override
    public String toString() {
        return name();
    }
}
