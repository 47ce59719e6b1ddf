package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.LinearOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The distribution of the eigenvalues of a symmetric matrix, by stochastic Lanczos quadrature. A process of m Lanczos
 * steps from a random vector z gives the nodes and weights of Gauss' quadrature for z's spectral measure: exact for
 * polynomials up to degree 2m - 1 (Golub and Meurant, Matrices, Moments and Quadrature, 2010). The mean over random z
 * is the measure that has weight 1/n at every eigenvalue; smoothed by Gaussians it is a density (Lin, Saad and Yang,
 * SIAM Review 58, 2016; for the Hessians of nets Ghorbani, Krishnan and Xiao, ICML 2019).
 *
 * <p>Costs m products a probe and keeps m + 2 vectors of the matrix's size. Outliers appear as peaks of their own with
 * a weight near 1/n. Eigenvalues that lie close together appear as a few nodes; how many depends on m.
 *
 * @param probes the quadrature of each random vector
 */
public record SpectralDensity(List<Quadrature> probes) {
    private static final double SIGMAS = 6;

    /**
     * Copies the list.
     *
     * @param probes the quadrature of each random vector, at least one
     * @throws IllegalArgumentException if there is none
     */
    public SpectralDensity {
        probes = Check.noNulls("the probes", probes);
        if (probes.isEmpty()) {
            throw new IllegalArgumentException("a spectral density needs the quadrature of at least one probe, found"
                    + " none; estimate(...) makes them");
        }
    }

    /**
     * Nodes and weights of one probe.
     *
     * @param nodes approximate eigenvalues, in ascending order
     * @param weights positive or zero; their sum is 1
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Quadrature(double[] nodes, double[] weights) {
        /**
         * Checks the counts.
         *
         * @param nodes at least one
         * @param weights one for each
         * @throws IllegalArgumentException if there are no nodes, or not one weight for each
         */
        public Quadrature {
            if (nodes.length == 0 || nodes.length != weights.length) {
                throw new IllegalArgumentException("a quadrature needs at least one node and a weight for each, found "
                        + nodes.length + " nodes and " + weights.length + " weights");
            }
        }

        private double moment(int power) {
            double sum = 0;
            for (int i = 0; i < nodes.length; i++) {
                sum += weights[i] * Math.pow(nodes[i], power);
            }
            return sum;
        }
    }

    /**
     * A smooth density.
     *
     * @param grid equally spaced eigenvalues
     * @param density at each; its integral is 1
     * @param sigma the standard deviation of the Gaussian at each node
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Curve(double[] grid, double[] density, double sigma) {}

    /**
     * Estimates it within 2 GB of vectors.
     *
     * @param a declared symmetric
     * @param dtype of its vectors
     * @param steps of each Lanczos process, at least 1; fewer where the process ends before, with an exact result
     * @param probes at least 1
     * @param seed the same seed gives the same result; the probes are those of {@link Hutchinson} with this seed
     * @return nodes and weights
     * @throws IllegalArgumentException if the operator is not declared symmetric or is not, a setting is below 1, or
     *     the vectors would take more than 2 GB
     * @throws ArithmeticException if a product is not finite
     */
    public static SpectralDensity estimate(LinearOperator a, DType dtype, int steps, int probes, long seed) {
        Requirements.atLeast(1, "the number of steps", steps);
        Requirements.atLeast(1, "the number of probes", probes);
        Basis.requireMemory(
                "stochastic Lanczos quadrature of " + steps + " steps",
                Math.min(steps, a.size()) + 2,
                a.size(),
                dtype,
                Basis.DEFAULT_LIMIT,
                "take fewer steps");
        Rng rng = new Rng(seed);
        List<Quadrature> quadratures = new ArrayList<>();
        Normalized normalized = new Normalized("stochastic Lanczos quadrature", a, dtype).withoutProbes();
        try (Arena arena = new Arena()) {
            INDArray z = arena.allocate(dtype, Shape.of(a.size()));
            for (int probe = 0; probe < probes; probe++) {
                Requirements.rademacher(rng, z);
                Quadrature found = quadrature(normalized.matrix(), dtype, steps, z);
                double[] nodes =
                        Arrays.stream(found.nodes).map(normalized::restore).toArray();
                quadratures.add(new Quadrature(nodes, found.weights));
            }
        }
        return new SpectralDensity(List.copyOf(quadratures));
    }

    private static Quadrature quadrature(LinearOperator a, DType dtype, int steps, INDArray z) {
        try (Tridiagonalization process = new Tridiagonalization(a, dtype, z, List.of(), new Rng(0))) {
            // What follows an invariant subspace has no part of z.
            while (process.steps() < steps && !process.isExhausted() && !process.hasRestarted()) {
                process.step();
            }
            Tridiagonalization.Ritz ritz = process.ritz();
            double[] weights = new double[ritz.values().length];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = ritz.vectors()[i][0] * ritz.vectors()[i][0];
            }
            return new Quadrature(ritz.values(), weights);
        }
    }

    /**
     * A moment of the distribution: the mean over all eigenvalues of a power of them. The first is the trace over n.
     *
     * @param power at least 0
     * @return the mean over probes; the standard error is not a number if there is one probe
     */
    public Estimate moment(int power) {
        Requirements.atLeast(0, "the power", power);
        return Estimate.of(probes.stream().mapToDouble(q -> q.moment(power)).toArray());
    }

    /** {@return the smallest node of all probes} */
    public double smallest() {
        return probes.stream().mapToDouble(q -> q.nodes()[0]).min().orElseThrow();
    }

    /** {@return the largest node of all probes} */
    public double largest() {
        return probes.stream()
                .mapToDouble(q -> q.nodes()[q.nodes().length - 1])
                .max()
                .orElseThrow();
    }

    /**
     * Smooths it with Gaussians, on a grid that reaches 6 standard deviations beyond the outermost nodes.
     *
     * @param sigma the standard deviation, positive: eigenvalues closer than this become one peak
     * @param points of the grid, enough that neighbours are at most sigma apart
     * @return the density on the grid
     * @throws IllegalArgumentException if sigma is not positive or there are too few points
     */
    public Curve smooth(double sigma, int points) {
        if (!(sigma > 0 && sigma < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("sigma must be positive and finite, found " + sigma);
        }
        double from = smallest() - SIGMAS * sigma;
        double length = largest() + SIGMAS * sigma - from;
        if (points < 2 || length / (points - 1) > sigma) {
            throw new IllegalArgumentException("the points of the grid would lie further apart than sigma, " + sigma
                    + ", and its peaks be missed: take at least " + (long) (Math.ceil(length / sigma) + 1)
                    + " points, found " + points);
        }
        double[] grid = new double[Check.arrayLength("the points of the grid", points, 2 * Double.BYTES)];
        for (int i = 0; i < points; i++) {
            grid[i] = from + length * i / (points - 1);
        }
        return new Curve(grid, on(grid, sigma), sigma);
    }

    /**
     * {@return the density of all eigenvalues times a factor}
     *
     * @param factor positive
     * @throws IllegalArgumentException if it is not positive and finite
     */
    public SpectralDensity scaled(double factor) {
        if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the factor must be positive and finite, found " + factor);
        }
        return new SpectralDensity(probes.stream()
                .map(q -> new Quadrature(
                        Arrays.stream(q.nodes).map(v -> factor * v).toArray(), q.weights))
                .toList());
    }

    /** The density, smoothed with Gaussians, at some eigenvalues. */
    double[] on(double[] grid, double sigma) {
        double[] density = new double[grid.length];
        double height = 1 / (sigma * Math.sqrt(2 * Math.PI) * probes.size());
        for (Quadrature q : probes) {
            for (int node = 0; node < q.nodes().length; node++) {
                for (int i = 0; i < grid.length; i++) {
                    double x = (grid[i] - q.nodes()[node]) / sigma;
                    density[i] += height * q.weights()[node] * Math.exp(-x * x / 2);
                }
            }
        }
        return density;
    }
}
