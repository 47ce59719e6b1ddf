/**
 * Layers: modules that are ready to use, each a class of a few lines over {@link dev.ravine.nn.Module}. They hold parameters and
 * a forward pass, and nothing about files or optimizers. They use {@link dev.ravine.nn} and {@link dev.ravine.autodiff}.
 */
package dev.ravine.nn.layers;
