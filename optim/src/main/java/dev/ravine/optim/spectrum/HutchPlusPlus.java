package dev.ravine.optim.spectrum;

import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The trace of a symmetric matrix whose spectrum is dominated by a few large eigenvalues, as a Hessian's often is. A
 * third of the products find a subspace that contains their eigenvectors, another third gives the trace within it
 * exactly, and the rest estimates the trace outside it as {@link Hutchinson} does (Hutch++: Meyer, Musco, Musco and
 * Woodruff, SOSA 2021). For a positive semidefinite matrix the error shrinks like one over the number of products, not
 * its square root.
 */
public final class HutchPlusPlus {
    private HutchPlusPlus() {}

    /**
     * Estimates the trace.
     *
     * @param a declared symmetric
     * @param dtype of its vectors
     * @param products how many products to use, at least 6; a third of as many vectors are kept
     * @param seed the same seed gives the same result
     * @return the trace, with the standard error of the part outside the subspace, or the rounding of the part inside
     *     if that is more. With fewer than 30 products, too few
     *     are left there for their spread to tell the error; then it is at least the root of its variance's bound,
     *     twice the sum of squares outside over the number of samples, known from three more products with normal
     *     vectors.
     * @throws IllegalArgumentException if the operator is not declared symmetric, or its products with random vectors
     *     show that it is not, or there are fewer than 6 products
     * @throws ArithmeticException if a product is not finite
     */
    public static Estimate trace(LinearOperator a, DType dtype, int products, long seed) {
        Requirements.atLeast(6, "the number of products", products);
        try (Normalized normalized = new Normalized("Hutch++", a, dtype);
                Basis basis = new Basis(dtype, a.size())) {
            return normalized.restore(trace(normalized, basis, dtype, products, new Rng(seed)));
        }
    }

    private static Estimate trace(Normalized normalized, Basis basis, DType dtype, int products, Rng rng) {
        LinearOperator a = normalized.matrix();
        int third = products / 3;
        INDArray z = basis.workVector();
        INDArray product = basis.workVector();
        for (int i = 0; i < third; i++) {
            Requirements.rademacher(rng, z);
            a.apply(z, product);
            double norm = Requirements.finite("the norm of product " + (i + 1), Vectors.norm(product));
            double left = basis.orthogonalize(product);
            if (left > 16 * Tridiagonalization.rounding(dtype) * norm) { // else it lies in the subspace already
                basis.add(product, left);
            }
        }
        double within = 0;
        double sizes = 0;
        for (int i = 0; i < basis.size(); i++) {
            a.apply(basis.get(i), product);
            double term = Vectors.dot(basis.get(i), product);
            within += term;
            sizes += Math.abs(term);
            takeAway(normalized, basis.get(i), product);
        }
        double[] outside = new double[products - 2 * third];
        for (int i = 0; i < outside.length; i++) {
            Requirements.rademacher(rng, z);
            basis.orthogonalize(z);
            a.apply(z, product);
            outside[i] = Vectors.dot(z, product);
        }
        Estimate rest = Estimate.of(outside).orAtLeast(outside.length, variance(normalized, basis));
        double rounding = Tridiagonalization.rounding(dtype) * Math.sqrt((double) a.size()) * sizes;
        return new Estimate(
                Requirements.finite("the trace", within + rest.value()), Math.max(rest.standardError(), rounding));
    }

    /** From the product of each normal vector g of the probe, what comes of g's part along a vector of the basis. */
    private static void takeAway(Normalized normalized, INDArray vector, INDArray product) {
        for (int k = 0; k < normalized.probes().size(); k++) {
            double along = Vectors.dot(vector, normalized.probes().get(k));
            Vectors.axpy(-along, product, normalized.products().get(k));
        }
    }

    /**
     * At most the variance of z'Bz for random signs z, with B = P A P outside the subspace: twice the sum of B's
     * squares, which is the mean of ||B g||^2 for normal vectors g.
     */
    private static double variance(Normalized normalized, Basis basis) {
        double sum = 0;
        for (INDArray rest : normalized.products()) {
            double norm = basis.orthogonalize(rest);
            sum += norm * norm;
        }
        return 2 * sum / normalized.products().size();
    }
}
