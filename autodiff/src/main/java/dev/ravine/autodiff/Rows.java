package dev.ravine.autodiff;

/**
 * How an operation uses one operand as the matrix of a product: every row of {@code inputs} meets the matrix. The row
 * of {@code cotangents} beside it is the cotangent of the result. The gradient with respect to the matrix is inputs'
 * cotangents, of shape [m, k], or its transpose.
 *
 * @param inputs of shape [positions, m]
 * @param cotangents of shape [positions, k]
 * @param isTransposed whether the operand holds the matrix as [k, m]
 */
public record Rows(Tensor inputs, Tensor cotangents, boolean isTransposed) {}
