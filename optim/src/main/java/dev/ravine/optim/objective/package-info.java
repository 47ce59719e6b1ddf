/**
 * What is minimised: a function of a flat vector over a scope of examples, its gradient, statistics of its examples,
 * and its curvature as a linearization. {@link dev.ravine.optim.objective.SupervisedObjective} is the mean loss of a
 * net over data; {@link dev.ravine.optim.objective.FunctionObjective} and
 * {@link dev.ravine.optim.objective.ResidualObjective} are plain functions.
 *
 * <p>This package may use {@code optim.shards} and the modules below; all optimizers use it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.objective;
