package dev.ravine.optim.leastsquares;

import dev.ravine.optim.objective.LeastSquares;

/** How the linear least-squares problem of a step is solved. */
public enum LeastSquaresSolver {
    /**
     * Writes out the Jacobian J and factorizes it, stacked on the damping, by QR: the most accurate, since the condition
     * of J is not squared. Needs a {@link LeastSquares} objective.
     */
    QR,
    /**
     * Writes out J'J and factorizes it by Cholesky's method: cheaper for many residuals, but the condition of J is squared.
     * From the Jacobian of a {@link LeastSquares} objective, else by Gauss-Newton products, one for each parameter.
     */
    NORMAL_EQUATIONS,
    /**
     * Conjugate gradients on Gauss-Newton products: for many parameters, of any objective. Parameters are not scaled, so where
     * their units differ by orders of magnitude, as in curve fits, it gets few digits or none.
     */
    CONJUGATE_GRADIENTS
}
