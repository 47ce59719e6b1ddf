/**
 * Everything that computes: the native calls and the loops over numbers, one file per family of operations, under the
 * same words as the operations above: {@link dev.ravine.core.kernels.UnaryKernels unary}, {@link
 * dev.ravine.core.kernels.BinaryKernels binary}, {@link dev.ravine.core.kernels.MatrixKernels matrix}, {@link
 * dev.ravine.core.kernels.ReductionKernels reduction}, {@link dev.ravine.core.kernels.LayoutKernels layout} and {@link
 * dev.ravine.core.kernels.IndexKernels index}.
 *
 * <p>Each of these binds an operation to dense arrays and returns the {@link dev.ravine.core.kernels.Kernel} that runs
 * it; {@link dev.ravine.core.kernels.Vectors} and {@link dev.ravine.core.kernels.Lapack} compute at once. Shapes are
 * the caller's responsibility (the graph above checks them), and arrays without elements are allowed everywhere.
 *
 * <p>This package uses {@link dev.ravine.core} only; every package above may use it.
 */
package dev.ravine.core.kernels;
