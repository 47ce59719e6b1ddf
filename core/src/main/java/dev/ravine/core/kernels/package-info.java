/**
 * All native code and all loops over numbers: {@link dev.ravine.core.kernels.Kernels} is the door, and behind it stands one
 * file a family of operations (elementwise, unary, binary, reduction, layout, index, matrix).
 * {@link dev.ravine.core.kernels.Vectors} holds the arithmetic of flat vectors, {@link dev.ravine.core.kernels.Lapack} dense
 * factorizations. It uses {@link dev.ravine.core} only; everything above may use it.
 */
package dev.ravine.core.kernels;
