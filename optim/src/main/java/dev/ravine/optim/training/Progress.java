package dev.ravine.optim.training;

/**
 * The state of a run, with what it did before it was resumed.
 *
 * @param steps of the optimizer, rejected ones included
 * @param examples whose gradient was taken
 * @param epochs the same over the number of training examples
 * @param seconds spent in steps
 * @param gradients all work, in units of one gradient over all training examples
 * @param spent how much of the budget is used, 1 being all
 */
public record Progress(long steps, long examples, double epochs, double seconds, double gradients, double spent) {}
