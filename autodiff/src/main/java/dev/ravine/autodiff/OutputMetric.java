package dev.ravine.autodiff;

/**
 * A symmetric matrix M on the space of a model's outputs, given by its product with a tangent: the middle of the
 * curvature J' M J.
 */
@FunctionalInterface
public interface OutputMetric {
    /**
     * M u.
     *
     * @param tangent u, of the outputs' shape
     * @return a tensor of the outputs' shape
     */
    Tensor times(Tensor tangent);
}
