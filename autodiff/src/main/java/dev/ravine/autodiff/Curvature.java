package dev.ravine.autodiff;

/** The matrices that are used as the second derivative of a loss. */
public enum Curvature {
    /** The exact Hessian, indefinite in general. */
    HESSIAN,
    /**
     * The generalized Gauss-Newton matrix J' H J, where H is the loss's Hessian at the outputs; positive semidefinite
     * if H is.
     */
    GAUSS_NEWTON,
    /**
     * The Fisher information J' F J, where F is the expected outer product of the output gradient over targets drawn
     * from the model. It equals Gauss-Newton if the loss is the negative log-likelihood of an exponential family whose
     * natural parameters are the outputs.
     */
    FISHER,
    /**
     * The empirical Fisher matrix J' E J, where E is the mean outer product of the output gradient at the given
     * targets.
     */
    EMPIRICAL_FISHER;

    /** {@return whether the matrix is positive semidefinite for every loss that is convex in the outputs} */
    public boolean isPositiveSemidefinite() {
        return this != HESSIAN;
    }
}
