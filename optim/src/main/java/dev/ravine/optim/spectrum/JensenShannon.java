package dev.ravine.optim.spectrum;

import dev.ravine.core.Check;
import java.util.List;

/**
 * How different spectra are: the Jensen-Shannon distance of their densities, which is the square root of the
 * Jensen-Shannon divergence with logarithms to base 2. It is 0 for equal densities and 1 for densities that do not
 * overlap (Endres and Schindelin, IEEE Transactions on Information Theory 49, 2003). Zhang et al. (NeurIPS 2024)
 * compare the blocks of nets' Hessians by it.
 */
public final class JensenShannon {
    private static final double SIGMAS = 6;
    private static final int MOST_POINTS = 1 << 22;

    private JensenShannon() {}

    /**
     * The distances of all pairs. All densities are smoothed with the same Gaussians, and compared at points that lie
     * half a standard deviation apart.
     *
     * @param spectra at least one
     * @param sigma the standard deviation of the Gaussians, positive
     * @return a symmetric matrix of numbers from 0 to 1 with zeros on its diagonal
     * @throws IllegalArgumentException if there is no spectrum, or sigma is not positive, or so small that there would
     *     be more than 4 million points
     */
    public static double[][] distances(List<SpectralDensity> spectra, double sigma) {
        Check.noNulls("spectra", spectra);
        if (spectra.isEmpty()) {
            throw new IllegalArgumentException("distances need at least one spectrum, found none");
        }
        double from =
                spectra.stream().mapToDouble(SpectralDensity::smallest).min().orElseThrow();
        double to = spectra.stream().mapToDouble(SpectralDensity::largest).max().orElseThrow();
        double points = 2 * ((to - from) / sigma + 2 * SIGMAS) + 1;
        if (!(sigma > 0 && points <= MOST_POINTS)) {
            throw new IllegalArgumentException("sigma must be positive, and large enough that " + MOST_POINTS
                    + " points half a sigma apart reach from " + from + " to " + to + "; found " + sigma);
        }
        double[] grid = new double[(int) points];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = from - SIGMAS * sigma + i * sigma / 2;
        }
        List<double[]> densities =
                spectra.stream().map(s -> probabilities(s.on(grid, sigma))).toList();
        double[][] distances = new double[densities.size()][densities.size()];
        for (int i = 0; i < distances.length; i++) {
            for (int j = 0; j < i; j++) {
                distances[i][j] = distance(densities.get(i), densities.get(j));
                distances[j][i] = distances[i][j];
            }
        }
        return distances;
    }

    private static double[] probabilities(double[] density) {
        double sum = 0;
        for (double d : density) {
            sum += d;
        }
        for (int i = 0; i < density.length; i++) {
            density[i] /= sum;
        }
        return density;
    }

    private static double distance(double[] p, double[] q) {
        double divergence = 0;
        for (int i = 0; i < p.length; i++) {
            double mean = (p[i] + q[i]) / 2;
            divergence += term(p[i], mean) + term(q[i], mean);
        }
        return Math.sqrt(Math.min(1, Math.max(0, divergence / (2 * Math.log(2)))));
    }

    private static double term(double p, double mean) {
        return p == 0 ? 0 : p * Math.log(p / mean);
    }
}
