/** The training loop: budgets, validation, early stopping, checkpoints, listeners, resuming. */
package dev.ravine.optim.training;
