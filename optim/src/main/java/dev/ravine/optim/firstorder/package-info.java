/**
 * Optimizers that use the gradient alone: {@link dev.ravine.optim.firstorder.FirstOrder} is their frame, and SGD, Adam,
 * Adagrad and RMSprop are update rules in it. Learning rates follow a {@link dev.ravine.optim.firstorder.Schedule} or a
 * {@link dev.ravine.optim.firstorder.Plateau}. It uses the hall and {@code optim.objective}.
 */
package dev.ravine.optim.firstorder;
