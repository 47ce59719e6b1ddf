package dev.ravine.optim.objective;

/**
 * What makes an objective a sum of squared errors e: f(theta) = scale ||e(theta)||^2, apart from L2.
 *
 * @param count how many errors there are: examples times outputs, where a weight is a number of copies
 * @param scale the factor of the sum in f: 1/2 for residuals, 1 / count for a mean over examples and outputs
 */
public record SquaredErrors(double count, double scale) {}
