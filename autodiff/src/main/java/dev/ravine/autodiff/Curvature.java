package dev.ravine.autodiff;

/** The matrices that stand for the second derivative of a loss. */
public enum Curvature {
    /** The exact Hessian, indefinite in general. */
    HESSIAN,
    /** The generalized Gauss-Newton matrix J' H J, H the loss's Hessian at the outputs; positive semidefinite if H is. */
    GAUSS_NEWTON,
    /**
     * The Fisher information J' F J, F the expectation of the squared output gradient over the model's own predictions.
     * Equal to Gauss-Newton where the loss is the negative log-likelihood of an exponential family whose natural
     * parameters are the outputs.
     */
    FISHER,
    /** J' (mean over examples of the squared output gradient at the given targets) J. */
    EMPIRICAL_FISHER;

    /**
     * Whether the matrix has no negative eigenvalue for every loss that is convex in the outputs.
     *
     * @return false for the Hessian only
     */
    public boolean isPositiveSemidefinite() {
        return this != HESSIAN;
    }
}
