/**
 * Newton's method in its forms: Hessian-free by conjugate gradients, truncated with a line search or a trust region,
 * exact for small nets, block by block, and L-BFGS. Each public class is one method in the frame of
 * {@link dev.ravine.optim.secondorder}. It uses the hall, {@code optim.objective}, {@code optim.linear} and
 * {@code optim.secondorder}.
 */
package dev.ravine.optim.newton;
