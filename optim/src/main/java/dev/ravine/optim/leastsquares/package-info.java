/**
 * Gauss-Newton and Levenberg-Marquardt, and the damped linear least-squares problem that they solve in each step: by
 * QR, by normal equations, or by conjugate gradients; and the same with a damping mu, and with Bayesian regularization.
 *
 * <p>This package may use {@link dev.ravine.optim}, {@code optim.objective}, {@code optim.linear},
 * {@code optim.secondorder}, {@code optim.catalogue} and the modules below. No other package of {@code optim} uses it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.leastsquares;
