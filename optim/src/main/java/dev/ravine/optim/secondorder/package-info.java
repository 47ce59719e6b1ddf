/**
 * The frame of optimizers that use curvature ({@link dev.ravine.optim.secondorder.SecondOrder}) and its parts: the
 * quadratic model, candidate steps, their acceptance, damping, the trust radius, the reduction ratio, and the cycle
 * through the examples. The methods themselves are in {@code optim.newton} and {@code optim.leastsquares}.
 *
 * <p>This package may use {@link dev.ravine.optim}, {@code optim.objective}, {@code optim.linear} and the modules
 * below.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.secondorder;
