package dev.ravine.optim.firstorder;

import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns the whole gradient of a step into the change of theta, where an {@link UpdateRule} sees single elements: the
 * seam of methods that see a parameter as a matrix, or that ask the objective for more than its gradient. It keeps its
 * own state. {@link FirstOrder} does the rest.
 */
public interface WholeRule extends AutoCloseable {
    /**
     * Evaluates the objective at the beginning of a step.
     *
     * @param objective what to minimise
     * @param theta the point
     * @param scope the examples
     * @param out overwritten with the gradient
     * @return the value
     */
    default double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return objective.gradient(theta, scope, out);
    }

    /**
     * Turns the gradient into the step, learning rate and decoupled weight decay included, and updates the state.
     *
     * @param at the step
     */
    void apply(GradientStep at);

    /** {@return numbers for the step's report by name} */
    Map<String, Double> telemetry();

    /** {@return what is kept between steps, as numbers by name; none unless overridden} */
    default Map<String, Double> stateNumbers() {
        return Map.of();
    }

    /**
     * {@return whether these arrays may have other lengths than theta, so that {@link #restore} checks them; false
     * unless overridden}
     */
    default boolean hasOwnArrays() {
        return false;
    }

    /** {@return what is kept between steps, as arrays by name; none before the first step} */
    Map<String, INDArray> stateVectors();

    /**
     * Takes over what {@link #stateNumbers} and {@link #stateVectors} gave. It must not change the rule if it throws.
     *
     * @param state of a rule of the same kind and settings
     * @throws IllegalArgumentException if it is of another kind
     */
    void restore(OptimizerState state);

    /** Returns the memory of the state. */
    @Override
    void close();
}
