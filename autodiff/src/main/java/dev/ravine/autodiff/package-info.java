/**
 * Automatic differentiation in three ideas.
 *
 * <ol>
 *   <li>A graph of immutable {@link dev.ravine.autodiff.Tensor}s: operations build nodes, values come when asked for.
 *   <li>One {@link dev.ravine.autodiff.Op} object per operation with its three rules side by side: numbers, forward
 *       derivative, reverse derivative. The derivatives are written in tensor operations, so they differentiate again.
 *       The families {@link dev.ravine.autodiff.Elementwise}, {@link dev.ravine.autodiff.Linear} and
 *       {@link dev.ravine.autodiff.Bilinear} leave one or two lines to write.
 *   <li>A {@link dev.ravine.autodiff.Program} plans a graph once and replays only what depends on changed inputs.
 * </ol>
 *
 * <p>{@link dev.ravine.autodiff.Autodiff} turns graphs into graphs of derivatives;
 * {@link dev.ravine.autodiff.Linearization} multiplies many vectors by the curvature at one point;
 * {@link dev.ravine.autodiff.DerivativeContract} proves an operation right.
 *
 * <p>Where an operation lives: {@code UnaryOps}, {@code Activations}, {@code BinaryOps}, {@code MaskOps},
 * {@code MatrixOps}, {@code ReductionOps}, {@code LayoutOps}, {@code IndexOps}.
 */
package dev.ravine.autodiff;
