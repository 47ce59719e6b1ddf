/**
 * Layers that are ready to use, each a class of a few lines that extends {@link dev.ravine.nn.Module}. A layer has
 * parameters and a forward pass, and knows nothing of files or optimizers. Layers use {@link dev.ravine.nn} and
 * {@link dev.ravine.autodiff}; everything above may use them.
 */
package dev.ravine.nn.layers;
