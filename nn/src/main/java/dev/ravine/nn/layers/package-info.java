/**
 * Layers that are ready to use, each a class of a few lines that extends {@link dev.ravine.nn.Module}. A layer has
 * parameters and a forward pass, and knows nothing about files or optimizers. Layers may use {@link dev.ravine.nn},
 * {@link dev.ravine.autodiff} and {@link dev.ravine.core}; every module above may use them.
 *
 * @since 0.1.0
 */
package dev.ravine.nn.layers;
