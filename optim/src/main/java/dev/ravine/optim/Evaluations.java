package dev.ravine.optim;

/**
 * How often an optimizer evaluated an objective.
 *
 * @param values evaluations of the function alone
 * @param gradients evaluations of the function with its gradient
 * @param products products with a curvature matrix; a Jacobian counts as one for each parameter
 */
public record Evaluations(long values, long gradients, long products) {}
