package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lanczos' process: A V = V T + beta v e', with T symmetric and tridiagonal and V orthonormal. Every new vector is made
 * orthogonal to all earlier ones (Golub and Van Loan, Matrix Computations, 4th edition, section 10.3). If the vectors
 * span an invariant subspace, the process goes on from a random vector orthogonal to it, and T has a zero beside its
 * diagonal there.
 *
 * <p>It may run in the complement of given vectors: then A stands for P A P, where P is the projection on the
 * complement.
 */
final class Tridiagonalization implements AutoCloseable {
    private final LinearOperator a;
    private final DType dtype;
    private final Rng rng;
    private final int locked;
    private final Basis basis;
    private final INDArray product;
    private double[] diagonal = new double[16];
    private double[] offDiagonal = new double[16];
    private int steps;
    private double scale;
    private int restarts;

    /**
     * Begins.
     *
     * @param a symmetric
     * @param dtype of its vectors
     * @param start where to begin, overwritten; null for a random vector
     * @param excluded vectors of length 1, nearly orthogonal to one another, that everything is kept orthogonal to
     * @param rng makes the random vectors
     */
    Tridiagonalization(LinearOperator a, DType dtype, INDArray start, List<INDArray> excluded, Rng rng) {
        this.a = a;
        this.dtype = dtype;
        this.rng = rng;
        this.basis = new Basis(dtype, a.size());
        this.product = basis.workVector();
        for (INDArray x : excluded) {
            Vectors.copy(x, product);
            double norm = basis.orthogonalize(product);
            if (norm > 0.5) { // else it is there already
                basis.add(product, norm);
            }
        }
        this.locked = basis.size();
        if (basis.size() < a.size()) {
            if (start == null) {
                addRandom();
            } else {
                Vectors.copy(start, product);
                basis.add(product, basis.orthogonalize(product));
            }
        }
    }

    /** The relative rounding of a dtype. */
    static double rounding(DType dtype) {
        return dtype == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
    }

    /** How many vectors, beside the excluded ones, have been multiplied. */
    int steps() {
        return steps;
    }

    /** The largest ||A v|| met: close to the norm of A after some steps. */
    double scale() {
        return scale;
    }

    /** Whether vectors and excluded ones span the whole space: then all eigenvalues are known. */
    boolean isExhausted() {
        return locked + steps == a.size();
    }

    /** Whether an invariant subspace was met, this step's included. */
    boolean hasRestarted() {
        return restarts > 0;
    }

    /** Multiplies the newest vector, and adds another unless the space is exhausted. */
    void step() {
        if (isExhausted()) {
            throw new IllegalStateException("the space of " + a.size() + " dimensions is exhausted");
        }
        if (steps == diagonal.length) {
            diagonal = Arrays.copyOf(diagonal, 2 * steps);
            offDiagonal = Arrays.copyOf(offDiagonal, 2 * steps);
        }
        INDArray v = basis.get(basis.size() - 1);
        a.apply(v, product);
        scale = Math.max(scale, Requirements.finite("the norm of step " + (steps + 1), Vectors.norm(product)));
        diagonal[steps] = Vectors.dot(v, product);
        double beta = basis.orthogonalize(product);
        steps++;
        boolean isInvariant = isExhausted() || beta <= 16 * rounding(dtype) * scale;
        offDiagonal[steps - 1] = isInvariant ? 0 : beta;
        if (!isInvariant) {
            basis.add(product, beta);
        } else if (!isExhausted()) {
            restarts++;
            addRandom();
        }
    }

    private void addRandom() {
        Requirements.gaussian(rng, product);
        basis.add(product, basis.orthogonalize(product));
    }

    /**
     * T's eigenvalues.
     *
     * @param values in ascending order
     * @param vectors T's eigenvectors, row by row
     * @param residuals ||A x - value x|| of the vector x that belongs to a value, but for rounding: |beta s|, where
     *     s is the last element of T's eigenvector
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Ritz(double[] values, double[][] vectors, double[] residuals) {}

    Ritz ritz() {
        try (Arena arena = new Arena()) {
            INDArray values = arena.allocate(DType.FLOAT64, Shape.of(steps));
            INDArray beside = arena.allocate(DType.FLOAT64, Shape.of(steps));
            INDArray rows = arena.allocate(DType.FLOAT64, Shape.of(steps, steps));
            Elements.of(values).write(0, steps, diagonal);
            Elements.of(beside).write(0, steps, offDiagonal);
            Lapack.tridiagonalEigen(values, beside, rows);
            double[][] vectors = new double[steps][steps];
            double[] residuals = new double[steps];
            Elements from = Elements.of(rows);
            for (int i = 0; i < steps; i++) {
                from.read(i * steps, steps, vectors[i]);
                residuals[i] = Math.abs(offDiagonal[steps - 1] * vectors[i][steps - 1]);
            }
            return new Ritz(Arena.toDoubles(values), vectors, residuals);
        }
    }

    /** The vector of the whole space that belongs to one of T's. */
    INDArray vector(double[] coordinates) {
        INDArray x = Arena.create(dtype, Shape.of(a.size()));
        basis.combine(coordinates, locked, x);
        return x;
    }

    @Override
    public void close() {
        basis.close();
    }
}
