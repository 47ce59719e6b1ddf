/**
 * Gauss-Newton and Levenberg-Marquardt, and the damped linear least-squares problem that they solve in each step. The
 * problem is solved by QR, by normal equations, or by conjugate gradients. It uses the hall, {@code optim.objective},
 * {@code optim.linear} and {@code optim.secondorder}.
 */
package dev.ravine.optim.leastsquares;
