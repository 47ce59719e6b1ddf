/**
 * Neural nets: a {@link dev.ravine.nn.Module} has named {@link dev.ravine.nn.Parameter}s, which are views of one flat
 * {@link dev.ravine.nn.ParameterVector}, and builds a graph; losses, initializers, predictions, files of weights and the
 * {@link dev.ravine.nn.ModuleContract}, which proves a layer, stand beside it. It uses {@link dev.ravine.autodiff} and
 * {@link dev.ravine.core}, and knows no optimizer. The layers in {@code dev.ravine.nn.layers} and everything above may
 * use its public types.
 */
package dev.ravine.nn;
