package dev.ravine.optim.linear;

/** The facts that every solver reports of a run. */
public interface SolverReport {
    /** {@return products with the matrix or factorizations, whichever the solver works by} */
    int iterations();

    /** {@return why the run ended} */
    Stop stopped();

    /**
     * {@return the smallest p'Ap / p'p that the run met, or the smallest eigenvalue where it is known; infinite if it
     * met none}
     */
    double smallestCurvature();

    /**
     * {@return the end of the run in words for people, with what
     * {@link Stop} leaves out, such as a rank; nothing parses it}
     */
    default String detail() {
        return stopped().name();
    }
}
