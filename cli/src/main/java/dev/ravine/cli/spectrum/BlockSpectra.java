package dev.ravine.cli.spectrum;

import dev.ravine.autodiff.Curvature;
import dev.ravine.core.DType;
import dev.ravine.nn.ParameterVector;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.spectrum.JensenShannon;
import dev.ravine.optim.spectrum.SpectralDensity;
import java.util.ArrayList;
import java.util.List;

/**
 * The spectra of a matrix's blocks along the diagonal, one for each parameter tensor, and how different they are (Zhang
 * et al., NeurIPS 2024): similar in convolutional nets, different in Transformers.
 *
 * @param point such as fresh or trained
 * @param matrix which one
 * @param blocks in the order of the parameters
 * @param distances Jensen-Shannon distances of the densities as they are, smoothed on the scale of the largest
 *     eigenvalue of all blocks
 * @param shapes the same after each block was divided by its own largest size of an eigenvalue
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record BlockSpectra(
        String point, Curvature matrix, List<Block> blocks, double[][] distances, double[][] shapes) {
    /** A Gaussian's standard deviation is the largest size of an eigenvalue over this. */
    static final int PEAKS = 300;

    /**
     * One block.
     *
     * @param path of the parameter
     * @param size its number of elements
     * @param density of its eigenvalues
     */
    public record Block(String path, long size, SpectralDensity density) {
        /** {@return the largest size of an eigenvalue} */
        double scale() {
            return Math.max(Math.abs(density.smallest()), Math.abs(density.largest()));
        }

        /** {@return an estimate of the sum of the eigenvalues} */
        double trace() {
            return size * density.moment(1).value();
        }
    }

    /**
     * Estimates all densities by stochastic Lanczos quadrature.
     *
     * @param point such as fresh or trained
     * @param matrix which one
     * @param a the whole matrix
     * @param dtype of its vectors
     * @param parameters whose segments are the blocks
     * @param steps of a Lanczos process
     * @param probes random vectors for each block
     * @param seed the same seed gives the same result
     * @return the spectra
     */
    static BlockSpectra of(
            String point,
            Curvature matrix,
            LinearOperator a,
            DType dtype,
            ParameterVector parameters,
            int steps,
            int probes,
            long seed) {
        List<Block> blocks = new ArrayList<>();
        for (ParameterVector.Segment s : parameters.segments()) {
            LinearOperator block = a.diagonalBlock(s.offset(), s.size());
            blocks.add(new Block(s.path(), s.size(), SpectralDensity.estimate(block, dtype, steps, probes, seed)));
        }
        double largest = blocks.stream().mapToDouble(Block::scale).max().orElseThrow();
        List<SpectralDensity> own = blocks.stream().map(Block::density).toList();
        List<SpectralDensity> scaled = blocks.stream()
                .map(b -> b.scale() == 0 ? b.density : b.density.scaled(1 / b.scale()))
                .toList();
        return new BlockSpectra(
                point,
                matrix,
                List.copyOf(blocks),
                JensenShannon.distances(own, largest == 0 ? 1 : largest / PEAKS),
                JensenShannon.distances(scaled, 1.0 / PEAKS));
    }

    /** {@return the mean distance of two different blocks; 0 if there is one block} */
    static double mean(double[][] distances) {
        int n = distances.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                sum += distances[i][j];
            }
        }
        return n < 2 ? 0 : sum / (n * (n - 1) / 2.0);
    }

    /** {@return the mean distance of a block from the others; 0 if there are none} */
    static double mean(double[][] distances, int block) {
        double sum = 0;
        for (double distance : distances[block]) {
            sum += distance;
        }
        return distances.length < 2 ? 0 : sum / (distances.length - 1);
    }
}
