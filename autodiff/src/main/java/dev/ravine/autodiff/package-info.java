/**
 * Automatic differentiation: graphs of tensors, the transforms that differentiate them, and programs that replay them.
 *
 * <p>What lives here:
 *
 * <ol>
 *   <li>A graph of immutable {@link dev.ravine.autodiff.Tensor}s. Methods build nodes; values are computed on demand.
 *   <li>One {@link dev.ravine.autodiff.Op} object for each operation, with its kernel, its forward derivative and
 *       its reverse derivative side by side. Derivatives are written in tensor operations, so they can be
 *       differentiated again. {@link dev.ravine.autodiff.Elementwise}, {@link dev.ravine.autodiff.Linear} and
 *       {@link dev.ravine.autodiff.Bilinear} are families with most of the rules written.
 *   <li>A {@link dev.ravine.autodiff.Program}, which plans a graph once and replays only the nodes that depend on
 *       changed inputs.
 * </ol>
 *
 * <p>{@link dev.ravine.autodiff.Autodiff} turns graphs into graphs of derivatives.
 * {@link dev.ravine.autodiff.Linearization} multiplies many vectors by the curvature at one point, and
 * {@link dev.ravine.autodiff.Jacobian} writes out matrices. A {@link dev.ravine.autodiff.Statistic} adds quantities of
 * single examples. {@link dev.ravine.autodiff.DerivativeContract} proves that an operation is right. The operations
 * themselves are in {@code UnaryOps}, {@code Activations}, {@code BinaryOps}, {@code MaskOps}, {@code MatrixOps},
 * {@code ReductionOps}, {@code LayoutOps} and {@code IndexOps}.
 *
 * <p>This package may use the packages of {@code core}, and knows no layers, losses or optimizers. Every module above
 * may use it.
 *
 * @since 0.1.0
 */
package dev.ravine.autodiff;
