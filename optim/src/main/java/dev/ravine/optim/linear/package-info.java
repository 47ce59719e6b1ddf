/**
 * Linear algebra of large matrices: a {@link dev.ravine.optim.linear.LinearOperator} is a matrix known by its products,
 * which conjugate gradients solve with, and a {@link dev.ravine.optim.linear.DenseMatrix} is written out. Every solver
 * says why it ended with a {@link dev.ravine.optim.linear.Stop}.
 *
 * <p>This package uses no other package of {@code optim}; all that use curvature may use it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.linear;
