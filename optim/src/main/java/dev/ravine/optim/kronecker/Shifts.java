package dev.ravine.optim.kronecker;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is added to the diagonals of both factors of a block, so that their product gains the damping.
 *
 * @param left for the input side
 * @param right for the output side
 */
record Shifts(double left, double right) {
    /**
     * pi gamma and gamma / pi. A factor of one element takes none, and the other side all. A factor of zeros says
     * nothing about pi, which is then 1. With {@link FactorDamping#EQUAL} pi is 1 whatever the factors are.
     *
     * @param g null for the identity, which takes none
     */
    static Shifts of(INDArray a, INDArray g, double gamma, FactorDamping damping) {
        if (g == null) {
            return new Shifts(gamma * gamma, 0);
        }
        if (damping == FactorDamping.EQUAL) {
            return new Shifts(gamma, gamma);
        }
        double ofInputs = size(a, damping);
        double ofOutputs = size(g, damping);
        boolean isUsable = ofInputs > 0 && ofOutputs > 0 && Double.isFinite(ofInputs) && Double.isFinite(ofOutputs);
        if (!isUsable) {
            return new Shifts(gamma, gamma);
        }
        if (a.size(0) == 1) {
            return new Shifts(0, gamma * gamma / ofInputs);
        }
        if (g.size(0) == 1) {
            return new Shifts(gamma * gamma / ofOutputs, 0);
        }
        double pi = Math.sqrt(ofInputs / ofOutputs);
        return new Shifts(pi * gamma, gamma / pi);
    }

    /** The mean of the diagonal, or the Frobenius norm by the square root of the order. */
    private static double size(INDArray factor, FactorDamping damping) {
        int order = (int) factor.size(0);
        return damping == FactorDamping.NORM
                ? Symmetric.norm(factor) / Math.sqrt(order)
                : Symmetric.trace(factor) / order;
    }
}
