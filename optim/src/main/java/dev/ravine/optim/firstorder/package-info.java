/**
 * Optimizers that use the gradient alone: {@link dev.ravine.optim.firstorder.FirstOrder} is their frame, and SGD, Adam,
 * Adagrad and RMSprop are update rules in it. Learning rates follow a {@link dev.ravine.optim.Schedule} or a
 * {@link dev.ravine.optim.firstorder.Plateau}.
 *
 * <p>This package may use {@link dev.ravine.optim}, {@code optim.objective}, {@code optim.catalogue} and the modules
 * below. No other package of {@code optim} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.firstorder;
