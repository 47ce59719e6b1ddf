/**
 * Neural nets: {@link dev.ravine.nn.Module}s with named {@link dev.ravine.nn.Parameter}s that all live in one flat
 * {@link dev.ravine.nn.ParameterVector}, layers, {@link dev.ravine.nn.Loss}es and {@link dev.ravine.nn.Initializer}s.
 *
 * <p>To modules, parameters are named shaped tensors; to optimizers, one vector. A layer of your own is a class with
 * parameters and a {@code forward} written in tensor operations; its derivatives follow.
 */
package dev.ravine.nn;
