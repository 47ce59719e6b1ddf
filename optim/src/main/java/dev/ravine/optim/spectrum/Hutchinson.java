package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The trace and the diagonal of a symmetric matrix from products with vectors z of random signs. The mean of z'Az is
 * the trace (Hutchinson, Communications in Statistics 18, 1989). The mean of z * Az, element by element, is the
 * diagonal (Bekas, Kokiopoulou and Saad, Applied Numerical Mathematics 57, 2007). For the trace, the variance of one
 * probe is twice the sum of squares off the diagonal; for an element of the diagonal, it is the sum of squares of its
 * row off the diagonal. A diagonal matrix is estimated exactly.
 *
 * <p>Costs one product a probe; errors shrink with the square root of the number of probes.
 *
 * @param trace the sum of the diagonal, and of all eigenvalues
 * @param diagonal each element
 * @param diagonalErrors the standard error of each element. With fewer than ten probes, whose spread may be small by
 *     chance, it is at least what three more products with normal vectors show; so is that of the trace.
 * @param probes how many products these are means of
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Hutchinson(Estimate trace, double[] diagonal, double[] diagonalErrors, int probes) {
    /**
     * Estimates both from the same probes.
     *
     * @param a declared symmetric
     * @param dtype of its vectors
     * @param probes at least 2
     * @param seed the same seed gives the same result
     * @return means and their standard errors
     * @throws IllegalArgumentException if the operator is not declared symmetric or is not, or there are fewer than 2
     *     probes
     * @throws ArithmeticException if a product is not finite
     */
    public static Hutchinson estimate(LinearOperator a, DType dtype, int probes, long seed) {
        Requirements.atLeast(2, "the number of probes", probes);
        try (Normalized normalized = new Normalized("Hutchinson's estimate", a, dtype)) {
            return estimate(normalized, dtype, probes, new Rng(seed));
        }
    }

    private static Hutchinson estimate(Normalized normalized, DType dtype, int probes, Rng rng) {
        int n = (int) normalized.matrix().size();
        double[] traces = new double[probes];
        double[] mean = new double[n];
        double[] squares = new double[n];
        try (Arena arena = new Arena()) {
            INDArray z = arena.allocate(dtype, Shape.of(n));
            INDArray product = arena.allocate(dtype, Shape.of(n));
            Elements sign = Elements.of(z);
            Elements value = Elements.of(product);
            for (int probe = 0; probe < probes; probe++) {
                Requirements.rademacher(rng, z);
                normalized.matrix().apply(z, product);
                traces[probe] = Requirements.finite("z'Az of probe " + (probe + 1), Vectors.dot(z, product));
                // Welford's update: no difference of large sums.
                for (int i = 0; i < n; i++) {
                    double sample = sign.get(i) * value.get(i);
                    double change = sample - mean[i];
                    mean[i] += change / (probe + 1);
                    squares[i] += change * (sample - mean[i]);
                }
            }
        }
        double[] beside = squaresBeside(normalized, mean);
        double[] errors = new double[n];
        for (int i = 0; i < n; i++) {
            Estimate own = new Estimate(mean[i], Math.sqrt(squares[i] / (probes - 1.0) / probes));
            errors[i] = normalized.restore(own.orAtLeast(probes, beside[i]).standardError());
            mean[i] = normalized.restore(mean[i]);
        }
        double variance = 2 * Arrays.stream(beside).sum();
        Estimate trace = Estimate.of(traces).orAtLeast(probes, variance);
        return new Hutchinson(normalized.restore(trace), mean, errors, probes);
    }

    /** The sum of squares in each row beside a diagonal: the mean of (A g - diagonal g)^2 for normal vectors g. */
    private static double[] squaresBeside(Normalized normalized, double... diagonal) {
        double[] sums = new double[diagonal.length];
        int count = normalized.probes().size();
        for (int k = 0; k < count; k++) {
            Elements g = Elements.of(normalized.probes().get(k));
            Elements product = Elements.of(normalized.products().get(k));
            for (int i = 0; i < sums.length; i++) {
                double rest = product.get(i) - diagonal[i] * g.get(i);
                sums[i] += rest * rest / count;
            }
        }
        return sums;
    }
}
