/**
 * Methods whose steps see more than single elements of the gradient. {@link dev.ravine.optim.matrix.Muon}, {@link
 * dev.ravine.optim.matrix.Soap} and {@link dev.ravine.optim.matrix.Shampoo} see a parameter as a matrix. {@link
 * dev.ravine.optim.matrix.AdaHessian} and {@link dev.ravine.optim.matrix.Sophia} divide by estimates of the curvature's
 * diagonal. All of them stand on the frame of {@link dev.ravine.optim.firstorder.FirstOrder}.
 *
 * <p>This package may use {@link dev.ravine.optim}, {@code optim.objective}, {@code optim.catalogue}, {@code
 * optim.firstorder} and the modules below. The command and scripts use it.
 *
 * @since 0.1.0
 */
package dev.ravine.optim.matrix;
