package dev.ravine.optim.objective;

import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.Statistic;
import dev.ravine.core.DType;
import dev.ravine.core.Workers;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function of a flat vector to be minimised: f(theta) = mean over the examples of a {@link Scope} of their losses
 * + l2 / 2 ||theta||^2. The data term and L2 are kept apart in curvature: {@link #linearize} is of the data term alone.
 *
 * <p>Results depend on theta and the scope only, not on how many threads did the work. Used by one thread at a time.
 */
public interface Objective extends AutoCloseable {
    /**
     * The number of parameters.
     *
     * @return the length of theta
     */
    long size();

    /**
     * The dtype of theta and of all vectors.
     *
     * @return a floating-point type
     */
    DType dtype();

    /**
     * The number of examples.
     *
     * @return 1 for a plain function
     */
    int examples();

    /**
     * {@return how many neighbouring examples mini-batches should visit close to one another, because they are read
     * from files; 1 if the order does not matter}
     */
    default int block() {
        return 1;
    }

    /**
     * The weight of the L2 term that all parameters share.
     *
     * @return 0 if there is none, or if {@link #linearize} includes it, because parameters have different weights
     */
    default double l2() {
        return 0;
    }

    /**
     * {@return how f is made of squared errors; empty if it is not, or does not know, as by default}
     */
    default Optional<SquaredErrors> squaredErrors() {
        return Optional.empty();
    }

    /**
     * The parts of theta that optimizers may change. Any other part has a zero gradient, and neither
     * momentum nor weight decay moves it. They may change from step to step.
     *
     * @return stretches of theta in ascending order; all of it unless overridden
     */
    default List<Span> trainable() {
        return List.of(new Span(0, Math.toIntExact(size())));
    }

    /**
     * The threads that may share work over the parameters, such as an update, while this objective computes nothing. No
     * result depends on how many there are.
     *
     * @return the calling thread alone unless overridden
     */
    default Workers workers() {
        return Workers.CALLER;
    }

    /**
     * How much the examples of a scope count in a mean over several scopes.
     *
     * @param scope the examples
     * @return the sum of their weights; their number where all count alike, as by default
     */
    default double weight(Scope scope) {
        return scope.count(examples());
    }

    /**
     * f(theta).
     *
     * @param theta the point; not changed
     * @param scope the examples
     * @return the value, L2 included; may be infinite or not a number
     */
    double value(INDArray theta, Scope scope);

    /**
     * f(theta) and its gradient.
     *
     * @param theta the point; not changed
     * @param scope the examples
     * @param out overwritten with the gradient, L2 included
     * @return the value
     */
    double gradient(INDArray theta, Scope scope, INDArray out);

    /**
     * f(theta), its gradient, and the mean over examples of a statistic, without L2. With {@link
     * dev.ravine.autodiff.SquaredGradients} the statistic is an estimate of the curvature's diagonal.
     *
     * @param theta the point; not changed
     * @param scope the examples
     * @param out overwritten with the gradient, L2 included
     * @param statistic what to compute beside the gradient
     * @param mean overwritten with the statistic, flat, of length {@link #statisticSize}
     * @return the value
     * @throws UnsupportedOperationException if this objective cannot tell examples apart, as by default; it is a {@link
     *     dev.ravine.autodiff.NoRowsException} if one operation of the model is what stands in the way
     */
    default double gradient(INDArray theta, Scope scope, INDArray out, Statistic statistic, INDArray mean) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " has no statistics of examples;"
                + " switch preconditioning off, with preconditioner(0) for Hessian-free");
    }

    /**
     * The mean over examples of a statistic alone, without L2. It costs less than a gradient with it.
     *
     * @param theta the point; not changed
     * @param scope the examples
     * @param statistic what to compute
     * @param mean overwritten with the statistic, flat, of length {@link #statisticSize}
     * @throws UnsupportedOperationException if this objective cannot tell examples apart, as by default
     */
    default void statistic(INDArray theta, Scope scope, Statistic statistic, INDArray mean) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " has no statistics of examples");
    }

    /**
     * {@return the model's loss over a number of examples, as statistics see it; it holds no data}
     *
     * @param examples how many
     * @throws UnsupportedOperationException if this objective has no model, as by default
     */
    default ModelGraph graph(int examples) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " has no model whose graph could be seen");
    }

    /**
     * {@return why a statistic does not come from the gradient's own pass: parameter, operation and what to do; empty
     * if it does}
     *
     * @param statistic any
     */
    default Optional<String> obstacle(Statistic statistic) {
        return Optional.empty();
    }

    /**
     * {@return the number of elements of a statistic}
     *
     * @param statistic any
     * @throws UnsupportedOperationException if this objective cannot tell examples apart, as by default
     */
    default long statisticSize(Statistic statistic) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " has no statistics of examples");
    }

    /**
     * All but the term of {@link #l2}, seen from a point that stays fixed.
     *
     * @param theta the point
     * @param scope the examples
     * @return a linearization without that term, to be closed; its memory grows with the scope
     */
    Linearization linearize(INDArray theta, Scope scope);

    /**
     * f and its gradient at a linearization's point, from the linearization.
     *
     * @param at made by {@link #linearize}
     * @param theta its point
     * @param out overwritten with the gradient, L2 included
     * @return the value, L2 included
     */
    default double gradient(Linearization at, INDArray theta, INDArray out) {
        at.gradient(out);
        if (l2() != 0) {
            throw new UnsupportedOperationException(
                    getClass().getSimpleName() + " has L2 and must add it to the gradient of a linearization");
        }
        return at.value();
    }

    /**
     * Called by optimizers after they changed theta in place.
     *
     * @param theta the vector that changed
     */
    default void thetaChanged(INDArray theta) {}

    /**
     * Which function this is: a number that changes when the same theta and scope may give other values, as when a
     * module is set to another mode.
     *
     * @return always 0 for a function that stays the same
     */
    default long version() {
        return 0;
    }

    /**
     * The work so far, in gradient equivalents: 1 is one gradient over all examples.
     *
     * @return a growing number
     */
    double cost();

    /**
     * Counts work that an optimizer did beside evaluations, such as inverting matrices, in {@link #cost}. An objective
     * that does not know how many operations a gradient takes cannot convert it, and counts nothing.
     *
     * @param operations floating-point operations
     */
    default void countWork(long operations) {}

    /**
     * The first operation on the way to the loss that produces an infinity or not-a-number.
     *
     * @param theta the point
     * @param scope the examples
     * @return what and where, or empty if all is finite
     */
    Optional<String> firstNonFinite(INDArray theta, Scope scope);

    /** Returns the memory that the objective holds; does nothing unless overridden. */
    @Override
    default void close() {}
}
