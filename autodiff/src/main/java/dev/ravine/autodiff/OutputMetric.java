package dev.ravine.autodiff;

/**
 * A symmetric matrix M on the space of a model's outputs, given by its product with a tangent. It is the middle factor
 * of the curvature J' M J.
 */
@FunctionalInterface
public interface OutputMetric {
    /**
     * {@return M u, of the outputs' shape}
     *
     * @param tangent u, of the outputs' shape
     */
    Tensor times(Tensor tangent);
}
