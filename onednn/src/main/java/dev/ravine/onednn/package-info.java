/**
 * Kernels of oneDNN behind {@link dev.ravine.core.kernels.KernelSet}: convolutions, large products and tanh in single
 * precision, compiled at run time for the processor's own instructions. Nobody calls this package; a jar of it on the
 * class path is enough.
 *
 * <p>This package may use {@link dev.ravine.core} and {@link dev.ravine.core.kernels}.
 *
 * @since 0.1.0
 */
package dev.ravine.onednn;
