/**
 * The frame of optimizers that use curvature: the quadratic model, candidate steps, their acceptance, damping, the
 * trust radius, the reduction ratio, and the cycle through the examples. The methods themselves live in
 * {@link dev.ravine.optim.newton} and {@link dev.ravine.optim.leastsquares}. It uses the hall, {@code optim.objective}
 * and {@code optim.linear}.
 */
package dev.ravine.optim.secondorder;
