package dev.ravine.autodiff;

/**
 * How a loss curves in a model's outputs, for statistics that need other cotangents than the loss's own gradient. H is
 * the Hessian of the loss with respect to the outputs: one block for each example, since examples do not share a loss.
 */
public interface OutputCurvature {
    /**
     * {@return a random cotangent of the outputs, of their shape} Each example's row has mean 0 and second moment H. It
     * is the gradient of the loss at a target drawn from the model's own distribution, scaled so that its second moment
     * is H where the loss is a multiple of a negative log-likelihood. Programs that resample draw it again.
     *
     * @throws UnsupportedOperationException if the loss is not the negative log-likelihood of a distribution
     */
    Tensor sampled();

    /**
     * {@return B u, of the outputs' shape, where H = B B'}
     *
     * @param u of the outputs' shape
     * @throws UnsupportedOperationException if the loss has no such factor
     */
    Tensor root(Tensor u);
}
