package dev.ravine.optim.kronecker;

/** How gamma^2 I is added to a block A (x) G before it is inverted. */
public enum FactorDamping {
    /**
     * (A + pi gamma I) (x) (G + gamma / pi I), where pi makes both additions equal parts of the factors' mean diagonals
     * (Martens and Grosse, ICML 2015, with traces as in Martens' code). More than gamma^2 I by two middle terms, and
     * cheap: two inverses by Cholesky's method.
     */
    TRACE,
    /** The same with pi from Frobenius norms instead of traces, as in the paper. */
    NORM,
    /** (A + gamma I) (x) (G + gamma I), the same with pi = 1, as in the programs of the K-BFGS paper (NeurIPS 2020). */
    EQUAL,
    /** A (x) G + gamma^2 I itself, by the eigenvectors of both factors; about ten times the work of the others. */
    EXACT
}
