package dev.ravine.optim.leastsquares;

import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.objective.ModelObjective;
import dev.ravine.optim.objective.Objective;

/** How the linear least-squares problem of a step is solved. */
public enum LeastSquaresSolver {
    /**
     * Writes out the Jacobian J and factorizes it by QR, once for a point; dampings cost a small factorization each:
     * the most accurate, since the condition of J is not squared. Needs a
     * {@link LeastSquares} objective.
     */
    QR,
    /**
     * Writes out J'J and factorizes it by Cholesky's method: cheaper for many residuals, but the condition of J is
     * squared. From the Jacobian of a {@link LeastSquares} objective, else by Gauss-Newton products, one for each
     * parameter.
     */
    NORMAL_EQUATIONS,
    /**
     * Conjugate gradients on Gauss-Newton products: for many parameters, of any objective. Parameters are not scaled,
     * so where their units differ by orders of magnitude, as in curve fits, it gets few digits or none.
     */
    CONJUGATE_GRADIENTS;

    /** The largest number of parameters for which one product each is likely to be cheaper than conjugate gradients. */
    private static final int FEW = 256;

    /**
     * Chooses by what an objective offers and by its size.
     *
     * @param objective what will be linearized
     * @param limit the largest number of parameters to write a matrix out for
     * @return a solver; QR, which says what it needs, for an objective that is neither a model nor a sum of squares
     */
    static LeastSquaresSolver of(Objective objective, int limit) {
        if (objective instanceof ModelObjective) {
            return objective.size() <= Math.min(FEW, limit) ? NORMAL_EQUATIONS : CONJUGATE_GRADIENTS;
        }
        return objective instanceof LeastSquares && objective.size() > limit ? CONJUGATE_GRADIENTS : QR;
    }

    /**
     * Makes the linear problem for an objective.
     *
     * @param objective what will be linearized
     * @param limit the largest number of parameters to write a matrix out for
     * @return a problem without a point
     * @throws IllegalArgumentException if the objective does not offer what the solver needs, or is too large
     */
    LinearizedProblem problem(Objective objective, int limit) {
        if (this != CONJUGATE_GRADIENTS && objective.size() > limit) {
            throw new IllegalArgumentException(this + " with n = " + objective.size() + " parameters would write out "
                    + (this == QR ? "a matrix of n columns" : "matrices of n x n doubles")
                    + "; the limit is n = " + limit
                    + ": raise it with limit(n), or choose the solver CONJUGATE_GRADIENTS");
        }
        return switch (this) {
            case QR -> new QrProblem(squares(objective));
            case NORMAL_EQUATIONS -> new NormalEquationsProblem(objective);
            case CONJUGATE_GRADIENTS -> new ConjugateGradientProblem(objective);
        };
    }

    private static LeastSquares squares(Objective objective) {
        if (objective instanceof LeastSquares squares) {
            return squares;
        }
        throw new IllegalArgumentException("QR needs an objective that is a sum of squares and writes out its Jacobian,"
                + " such as ResidualObjective, found "
                + objective.getClass().getSimpleName()
                + "; give residuals to Minimize.leastSquares, or for a net with squared error choose the"
                + " solver NORMAL_EQUATIONS or CONJUGATE_GRADIENTS");
    }
}
