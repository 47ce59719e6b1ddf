package dev.ravine.optim.linear;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Solves A x = b, exactly or well enough. */
public interface LinearSolver extends AutoCloseable {
    /**
     * Solves.
     *
     * @param a the matrix
     * @param b the right-hand side; not changed
     * @param start where iterations begin; not changed
     * @param preconditioner an approximate inverse of the matrix, symmetric and positive definite, or null
     * @return the solution and how it was found
     * @throws IllegalArgumentException if the matrix or preconditioner lacks a property that the solver needs, or sizes
     *     differ
     */
    CgResult solve(LinearOperator a, INDArray b, INDArray start, LinearOperator preconditioner);

    /** Returns the solver's memory. */
    @Override
    void close();
}
