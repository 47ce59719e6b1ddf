/**
 * What is minimised: a function of a flat vector over a scope of examples, its gradient, and its curvature as a
 * linearization. {@link dev.ravine.optim.objective.SupervisedObjective} is the mean loss of a net over data, computed
 * in shards; {@link dev.ravine.optim.objective.FunctionObjective} and {@link
 * dev.ravine.optim.objective.ResidualObjective} are plain functions. This room uses no other room of {@code optim}.
 */
package dev.ravine.optim.objective;
