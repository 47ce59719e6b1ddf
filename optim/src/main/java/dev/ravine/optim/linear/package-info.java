/**
 * Linear algebra of large matrices: {@link dev.ravine.optim.linear.LinearOperator} is a matrix known by its products,
 * and conjugate gradients solve with it. {@link dev.ravine.optim.linear.DenseMatrix} is a matrix that is written out.
 * Every solver says why it ended with a {@link dev.ravine.optim.linear.Stop}. This room uses no other room of
 * {@code optim}.
 */
package dev.ravine.optim.linear;
