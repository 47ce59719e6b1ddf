/**
 * Curvature as a Kronecker product for each layer: factors from the rows and cotangents of a model's graph, their
 * damped inverse, and the optimizer {@link dev.ravine.optim.kronecker.Kfac}, which steps with it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.kronecker;
