/**
 * Newton's method in its forms: Hessian-free by conjugate gradients, truncated with a line search or a trust region,
 * exact for small nets, block by block, BFGS with and without limited memory, and conjugate gradients for functions
 * that are not quadratic. Each method is one class in the frame of
 * {@link dev.ravine.optim.secondorder}.
 *
 * <p>This package may use {@link dev.ravine.optim}, {@code optim.objective}, {@code optim.linear},
 * {@code optim.secondorder}, {@code optim.catalogue} and the modules below. No other package of {@code optim} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.newton;
