package dev.ravine.optim.spectrum;

import java.util.List;

/**
 * The eigenvalues at both ends of a spectrum.
 *
 * @param largest in descending order
 * @param smallest in ascending order: the most negative first
 * @param method how they were found
 * @param products how many products of the matrix with a vector the method took, without the three that show whether it
 *     is symmetric, and the one for each value that measures its residual
 */
public record Extremes(End largest, End smallest, Method method, long products) {
    /** A way to find eigenvalues. */
    public enum Method {
        /**
         * The matrix was written out and decomposed by LAPACK: all eigenvalues, none missing, accurate to the norm's
         * rounding.
         */
        DENSE,
        /** Lanczos' process, ended before it spanned the whole space. */
        LANCZOS,
        /** Lanczos' process, which spanned the whole space: all eigenvalues, none missing. */
        FULL_LANCZOS
    }

    /**
     * One end.
     *
     * @param values as many as were asked for, or as many as there are
     * @param isComplete whether no value is missing between these: all are converged, and either all eigenvalues are
     *     known or a search among the vectors orthogonal to these found no other. Otherwise a repeated eigenvalue of A
     *     may be listed once.
     */
    public record End(List<Eigenvalue> values, boolean isComplete) {}
}
