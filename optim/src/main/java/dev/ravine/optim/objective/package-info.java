/**
 * What is minimised: a function of a flat vector over a scope of examples, its gradient, statistics of its examples,
 * and its curvature as a linearization. {@link dev.ravine.optim.objective.SupervisedObjective} is the mean loss of a
 * net over data, computed in shards by a {@link dev.ravine.optim.objective.ShardRunner};
 * {@link dev.ravine.optim.objective.FunctionObjective} and {@link dev.ravine.optim.objective.ResidualObjective} are
 * plain functions.
 *
 * <p>This package uses no other package of {@code optim}; all optimizers use it.
 */
package dev.ravine.optim.objective;
