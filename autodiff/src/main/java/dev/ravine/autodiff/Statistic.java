package dev.ravine.autodiff;

import java.io.Serializable;
import java.util.List;

/**
 * A quantity of a model that adds over examples: the statistic of a batch is the sum of the statistics of its parts. It
 * is computed in the same pass as the gradient and summed over shards in a fixed order. {@link SquaredGradients} is
 * one; Kronecker factors are another, made of the same rows and cotangents:
 *
 * <pre>{@code
 * Statistic inputFactors = graph -> graph.parameters().stream()
 *         .flatMap(w -> graph.uses(w).stream())
 *         .map(use -> use.inputs().matmul(use.inputs(), true, false))
 *         .toList();
 * }</pre>
 *
 * <p>Two statistics that are {@code equals} share a plan, so make them records or keep one instance. A statistic
 * crosses a wire as a serialized object where shards are computed in other processes. One that reads {@link #variables}
 * goes without them, and their numbers follow.
 */
@FunctionalInterface
public interface Statistic extends Serializable {
    /**
     * {@return tensors of the parameters' dtype, whose number and shapes do not depend on the number of examples} They
     * are laid out one after the other in a flat vector, each row by row.
     *
     * @param graph a model's loss over a batch, as a sum over examples
     * @throws NoRowsException if a parameter is used in a way that does not tell its examples apart
     */
    List<Tensor> of(ModelGraph graph);

    /**
     * {@return whether the statistic may be computed one example at a time, where it throws {@link NoRowsException} for
     * several} That is exact for statistics of single gradients, and takes about as many passes as there are examples.
     */
    default boolean allowsOneByOne() {
        return false;
    }

    /**
     * {@return whether the terms of examples are multiplied by their weights, with {@link ModelGraph#weighted}} A
     * statistic that does not do this is refused for data with weights.
     */
    default boolean weighsExamples() {
        return false;
    }

    /**
     * {@return the variables that this statistic reads beside the model} Their numbers may change between calls. Where
     * shards are computed in other processes, the numbers are sent along, and {@link #with} puts them in.
     */
    default List<Tensor> variables() {
        return List.of();
    }

    /**
     * {@return this statistic with other variables} Without any it can be serialized, and only compared.
     *
     * @param variables as many as {@link #variables} has, of the same shapes and in the same order; or none
     */
    default Statistic with(List<Tensor> variables) {
        return this;
    }

    /**
     * {@return the tensors of this statistic, for a model whose examples may have weights}
     *
     * @param graph a model's loss over a batch, as a sum over examples
     * @throws NoRowsException if a parameter is used in a way that does not tell its examples apart, or the examples
     *     have weights that the statistic does not use
     */
    default List<Tensor> checkedOf(ModelGraph graph) {
        if (graph.hasWeights() && !weighsExamples()) {
            throw new NoRowsException("the examples have weights, but the statistic " + this
                    + " does not use them; multiply the terms of examples by their weights with"
                    + " ModelGraph.weighted and return true from weighsExamples(), or use data without weights");
        }
        return of(graph);
    }
}
