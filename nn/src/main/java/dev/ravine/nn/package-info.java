/**
 * Neural nets: a {@link dev.ravine.nn.Module} has named {@link dev.ravine.nn.Parameter}s, which are views of one flat
 * {@link dev.ravine.nn.ParameterVector}, and builds a graph. Losses, initializers, predictions, files of weights, and
 * the {@link dev.ravine.nn.ModuleContract} that proves a layer are here too.
 *
 * <p>This package may use {@link dev.ravine.autodiff} and {@code core}, and knows no optimizer. The layers in
 * {@code dev.ravine.nn.layers} and every module above may use it.
 *
 * @since 0.1.0
 */
package dev.ravine.nn;
