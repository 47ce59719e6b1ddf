package dev.ravine.optim.newton;

import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Point;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes the preconditioner of a step's conjugate gradients. */
interface Preconditioning extends AutoCloseable {
    /** None at all. */
    Preconditioning NONE = new Preconditioning() {};

    /**
     * Value and gradient of a step, with what the preconditioner needs from the same pass.
     *
     * @param out overwritten with the gradient
     */
    default double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return objective.gradient(theta, scope, out);
    }

    /**
     * {@return an approximate inverse of the damped curvature, or null for none}
     *
     * @param at where the step begins
     * @param examples of the curvature
     * @param shift damping and L2
     */
    default LinearOperator inverse(Point at, Scope examples, double shift) {
        return null;
    }

    /** {@return what a report should say of it; empty if nothing} */
    default String note(Objective objective) {
        return "";
    }

    /**
     * Called when parameters were frozen or unfrozen.
     *
     * @param spans the parts that steps may change
     */
    default void trainableChanged(List<Span> spans) {}

    /** {@return what is kept between steps, as numbers by name} */
    default Map<String, Double> stateNumbers() {
        return Map.of();
    }

    /** {@return what is kept between steps, as vectors by name} */
    default Map<String, INDArray> stateVectors() {
        return Map.of();
    }

    /**
     * Goes on with what was saved.
     *
     * @param state of the optimizer
     */
    default void restore(OptimizerState state) {}

    @Override
    default void close() {}
}
