package dev.ravine.optim.matrix;

/** How {@link Sophia} estimates the diagonal of the curvature. */
public enum SophiaEstimate {
    /**
     * B g^2 with the gradient g of the mean loss over the B examples of a step at targets drawn from the model:
     * Sophia-G. It needs a loss that is a negative log-likelihood, costs about a gradient, and is never negative.
     */
    GAUSS_NEWTON_BARTLETT {
        @Override
        DiagonalEstimate make() {
            return new BartlettDiagonal();
        }
    },
    /** v * (H v) with random signs v and the Hessian H: Sophia-H. It works for any objective, and costs a product. */
    HUTCHINSON {
        @Override
        DiagonalEstimate make() {
            return new HutchinsonDiagonal();
        }
    };

    abstract DiagonalEstimate make();
}
