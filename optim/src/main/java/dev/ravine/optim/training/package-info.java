/**
 * The training loop: {@link dev.ravine.optim.training.Trainer} with budgets, validation, early stopping, checkpoints,
 * listeners and resuming. It drives any {@link dev.ravine.optim.Optimizer} on any
 * {@link dev.ravine.optim.objective.ModelObjective}.
 *
 * <p>This package may use {@link dev.ravine.optim}, {@code optim.objective}, {@code optim.linear} and the modules
 * below, and knows no method. No other package of {@code optim} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.training;
