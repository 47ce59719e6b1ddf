package dev.ravine.optim.newton;

/** Where the conjugate gradients of a step of {@link HessianFree} begin. */
public enum Start {
    /** The last solution times {@link HessianFree.Builder#warmStart} (Martens, ICML 2010, section 4.5). */
    LAST_SOLUTION,

    /**
     * The step that K-FAC would take: a times the direction -F^-1 g plus m times the last solution, with F the damped
     * Kronecker factors that also precondition, and a and m that minimise the model (Martens and Grosse, ICML 2015,
     * section 7). They come from forward tangents. Without further iterations the step is K-FAC's, with many it is
     * Hessian-free's.
     */
    KRONECKER_STEP
}
