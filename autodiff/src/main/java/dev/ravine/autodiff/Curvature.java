package dev.ravine.autodiff;

import java.util.List;

/** The matrices that are used as the second derivative of a loss, or beside it. */
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
    EMPIRICAL_FISHER,
    /**
     * The matrix of structural damping (Martens and Sutskever, ICML 2011): the sum over all hidden states that the
     * graph marks by {@link Preactivation} of J' D J, where J is the derivative of their pre-activations and D the
     * derivative of their activation, as a mean or sum over examples like the loss. It is no second derivative of the
     * loss: it measures how far a step moves the hidden states.
     */
    STRUCTURAL;

    /** {@return all matrices that stand for the loss's second derivative: all but {@link #STRUCTURAL}} */
    public static List<Curvature> ofLoss() {
        return List.of(HESSIAN, GAUSS_NEWTON, FISHER, EMPIRICAL_FISHER);
    }

    /** {@return whether the matrix is J' M J with the derivative J of the model's outputs} */
    public boolean isThroughOutputs() {
        return this != HESSIAN && this != STRUCTURAL;
    }

    /** {@return whether the matrix is positive semidefinite for every loss that is convex in the outputs} */
    public boolean isPositiveSemidefinite() {
        return this != HESSIAN;
    }
}
