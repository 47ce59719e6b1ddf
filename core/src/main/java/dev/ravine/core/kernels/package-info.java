/**
 * Everything that computes with arrays: native calls and loops over numbers, in one class per family of operations. The
 * families have the names that they have in {@code dev.ravine.autodiff}: {@link dev.ravine.core.kernels.UnaryKernels
 * unary}, {@link dev.ravine.core.kernels.BinaryKernels binary}, {@link dev.ravine.core.kernels.MatrixKernels matrix},
 * {@link dev.ravine.core.kernels.ReductionKernels reduction}, {@link dev.ravine.core.kernels.SoftmaxKernels softmax},
 * {@link dev.ravine.core.kernels.StandardizeKernels standardize}, {@link dev.ravine.core.kernels.LayoutKernels layout}
 * and {@link dev.ravine.core.kernels.IndexKernels index}.
 *
 * <p>Each of these binds an operation to dense arrays and returns the {@link dev.ravine.core.kernels.Kernel} that runs
 * it; {@link dev.ravine.core.kernels.Vectors} and {@link dev.ravine.core.kernels.Lapack} compute at once. Shapes are
 * the caller's responsibility (the graph above checks them), and arrays without elements are allowed everywhere.
 *
 * <p>This package may use {@link dev.ravine.core} only; all other packages may use it.
 *
 * @since 0.1.0
 */
package dev.ravine.core.kernels;
