package dev.ravine.cli.study;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Quadratic;
import dev.ravine.optim.objective.FunctionObjective;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * f(x) = x'Ax / 2 in double precision, with largest eigenvalue 1, a given condition number and random eigenvectors. The
 * eigenvectors are Kronecker products of those of two small random matrices, so a product with A takes a few small
 * matrix products.
 *
 * <p>The eigenvalues are Chebyshev points. No polynomial of a degree below their number is small on all of them, so
 * conjugate gradients are as slow as their bound. At the start every eigenvector has the same share of f, so none can
 * be left out.
 */
final class KnownQuadratic {
    private final int side;
    private final double[] eigenvalues;
    private final Tensor left;
    private final Tensor right;
    private final Tensor spectrum;
    private final INDArray start;

    /** A quadratic of side^2 variables. */
    KnownQuadratic(int side, double condition, long seed) {
        this.side = side;
        int n = side * side;
        double low = 1 / condition;
        Rng rng = new Rng(seed);
        eigenvalues = new double[n];
        double[] coordinates = new double[n];
        for (int i = 0; i < n; i++) {
            eigenvalues[i] = (1 + low) / 2 - (1 - low) / 2 * Math.cos(Math.PI * i / (n - 1));
        }
        eigenvalues[0] = low; // not lost to the cancellation above
        for (int i = 0; i < n; i++) {
            coordinates[i] = (rng.nextDouble() < 0.5 ? -1 : 1) / Math.sqrt(eigenvalues[i]);
        }
        left = directions(side, rng.split("left").nextLong());
        right = directions(side, rng.split("right").nextLong());
        Shape square = Shape.of(side, side);
        spectrum = Tensor.constant(DType.FLOAT64, square, eigenvalues);
        start = left.matmul(Tensor.constant(DType.FLOAT64, square, coordinates))
                .matmul(right, false, true)
                .reshape(n)
                .value();
    }

    private static Tensor directions(int side, long seed) {
        return Tensor.constant(
                Quadratic.withSpectrum(Quadratic.logSpectrum(side, 1), seed).eigenvectors());
    }

    int size() {
        return side * side;
    }

    double[] eigenvalues() {
        return eigenvalues.clone();
    }

    FunctionObjective objective() {
        return new FunctionObjective(DType.FLOAT64, size(), x -> {
            Tensor coordinates = left.matmul(x.reshape(side, side), true, false).matmul(right);
            return coordinates.square().mul(spectrum).sum().mul(0.5);
        });
    }

    /** A new vector at which f is half the number of variables. */
    INDArray start() {
        return Arena.copyOf(start);
    }
}
