package dev.ravine.optim.linear;

/** Why a solver ended. A word means the same whichever solver says it. */
public enum Stop {
    /** The stop rule of conjugate gradients was satisfied. */
    STOP_RULE,
    /** The residual is within the tolerance; the step lies inside the ball. */
    TOLERANCE,
    /** The solution is exact, up to rounding. */
    SOLVED,
    /** The limit of iterations was reached. */
    MAX_ITERATIONS,
    /** A direction p with p'Ap not positive was met. Conjugate gradients keep the last iterate before it. */
    NONPOSITIVE_CURVATURE,
    /** A product or a matrix was infinite or not a number. */
    NON_FINITE,
    /** The step ends on the boundary of the ball. */
    BOUNDARY,
    /** The minimiser lies inside the ball: it is the step of Newton's method. */
    INTERIOR,
    /**
     * The step ends on the boundary, with a part along the most negative curvature, which the gradient does not show.
     */
    HARD_CASE,
    /** The matrix is positive definite as it is. */
    POSITIVE_DEFINITE,
    /** A multiple of the identity had to be added before the matrix was positive definite. */
    SHIFTED,
    /** Some eigenvalues were not positive; their absolute values took their place. */
    ABSOLUTE_EIGENVALUES,
    /** Damping had to be raised before rounding left the matrix positive definite. */
    RAISED_DAMPING,
    /** No column of the matrix depends on others. */
    FULL_RANK,
    /** Some columns of the matrix depend on others, up to rounding; the shortest of the solutions was taken. */
    RANK_DEFICIENT,
    /** Nothing is left to gain: the step is within what rounding of the parameters does to the residuals. */
    ROUNDING,
    /** The model was minimised along one direction. */
    MINIMUM_ALONG,
    /** All stored pairs of steps and gradient changes were used (L-BFGS). */
    ALL_PAIRS,
    /** Each group of parameters was solved by itself; {@link SolverReport#detail} says how each one ended. */
    BY_GROUP
}
