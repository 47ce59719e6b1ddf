package dev.ravine.optim;

import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Objective;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A method that changes theta to make an objective smaller, one step at a time. It decides which examples to evaluate
 * the objective on, and keeps a state between steps. Used by one thread at a time, for one objective.
 */
public interface Optimizer extends AutoCloseable {
    /**
     * Makes one step.
     *
     * @param objective what to minimise
     * @param theta the point, changed in place, or left alone if the step is rejected
     * @return what happened
     * @throws IllegalStateException if the optimizer or the objective is closed
     * @throws NonFiniteLossException if the objective is not finite at theta, or theta would not be after the step;
     *     theta is left alone
     */
    StepReport step(Objective objective, INDArray theta);

    /**
     * Whether a step would make progress from a point where the gradient is zero: at a saddle whose negative curvature
     * the optimizer can see.
     *
     * @param objective what to minimise
     * @param theta a stationary point
     * @return false unless overridden
     */
    default boolean canLeave(Objective objective, INDArray theta) {
        return false;
    }

    /**
     * Whether a step after one that was rejected can differ from it, by another direction, damping, radius or example.
     * Otherwise it would fail in the same way.
     *
     * @return true unless overridden
     */
    default boolean canRetry() {
        return true;
    }

    /**
     * Takes out of a gradient what steps may not follow, such as the part that leads out of bounds. At a solution
     * nothing is left.
     *
     * @param theta the point; not changed
     * @param gradient changed in place; left alone unless overridden
     */
    default void project(INDArray theta, INDArray gradient) {}

    /**
     * {@return whether the settings fit any units of parameters and objective} Whoever runs the optimizer may choose
     * units then. A rate, a radius that was chosen, and bounds are in units of their own. False unless overridden.
     */
    default boolean fitsAnyUnits() {
        return false;
    }

    /**
     * Leaves out the examples of a step that threw {@link NonFiniteLossException}: the next step uses the examples
     * after them. An optimizer that always uses all examples cannot do this.
     *
     * @throws UnsupportedOperationException unless overridden
     */
    default void skipExamples() {
        throw new UnsupportedOperationException(
                name() + " cannot leave out examples; stop at a loss that is not finite, or find what causes it");
    }

    /**
     * Makes all further steps shorter, after one threw {@link NonFiniteLossException}.
     *
     * @param factor from above 0 to below 1
     * @throws UnsupportedOperationException unless overridden
     */
    default void shrinkSteps(double factor) {
        throw new UnsupportedOperationException(name()
                + " chooses the length of its steps itself; stop at a loss that is not finite, or find what causes it");
    }

    /**
     * {@return parameters that may predict better than theta, such as a mean of points: of theta's length, not to be
     * changed; empty if there are none, as by default} They change with each step.
     */
    default Optional<INDArray> averaged() {
        return Optional.empty();
    }

    /** {@return a short name with the main settings, for tables, such as {@code adam(lr=0.001)}} */
    String name();

    /**
     * {@return all settings by name, as text that is equal in every process} A run continues from a checkpoint only
     * with the settings that it was saved with. Settings that the {@link #state} holds and {@link #restore} compares
     * need not be named again. The text of a value is that of {@link dev.ravine.core.StableText}.
     *
     * <p>None unless overridden; such an optimizer is known by its {@link #name} alone.
     */
    default Map<String, String> settings() {
        return Map.of();
    }

    /**
     * {@return whether the state's vectors may have other lengths than theta} Then {@link #restore} must check them,
     * since nobody else can. False unless overridden.
     */
    default boolean hasOwnArrays() {
        return false;
    }

    /** {@return a copy of the state so far} */
    OptimizerState state();

    /**
     * Goes on from the state of an optimizer of the same kind and settings.
     *
     * @param state of that optimizer
     * @throws IllegalArgumentException if the state belongs to another kind of optimizer
     */
    void restore(OptimizerState state);

    /** Returns the memory of the state. */
    @Override
    void close();
}
