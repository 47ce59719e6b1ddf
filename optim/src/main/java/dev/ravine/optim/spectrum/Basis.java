package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Orthonormal vectors, with the memory that they live in. */
final class Basis implements AutoCloseable {
    /** The limit of bytes of vectors, unless another one is set. */
    static final long DEFAULT_LIMIT = 2_000_000_000;

    private static final int MAX_PASSES = 5;

    private final DType dtype;
    private final Shape shape;
    private final Arena arena = new Arena("the basis");
    private final List<INDArray> vectors = new ArrayList<>();
    private final List<Elements> elements = new ArrayList<>();

    Basis(DType dtype, long n) {
        this.dtype = dtype;
        this.shape = Shape.of(n);
    }

    /** Refuses work that would keep more vectors than fit into a limit of memory. */
    static void requireMemory(String method, long count, long n, DType dtype, long limit, String remedy) {
        double bytes = (double) count * n * dtype.bytes();
        if (bytes > limit) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s would keep %d vectors of %d %s, %.0f MB; the limit is %.0f MB: %s",
                    method,
                    count,
                    n,
                    dtype,
                    bytes / 1e6,
                    limit / 1e6,
                    remedy));
        }
    }

    int size() {
        return vectors.size();
    }

    INDArray get(int i) {
        return vectors.get(i);
    }

    /** Memory for a vector that is not part of the basis, and ends with it. */
    INDArray workVector() {
        return arena.allocate(dtype, shape);
    }

    /** Adds a copy of x, which is orthogonal to all others, scaled to length 1. */
    void add(INDArray x, double norm) {
        INDArray copy = workVector();
        Vectors.copy(x, copy);
        Vectors.scale(1 / norm, copy);
        vectors.add(copy);
        elements.add(Elements.of(copy));
    }

    /**
     * Makes x orthogonal to all vectors, by Gram-Schmidt passes until one takes away less than 30 % of the length. The
     * part that rounding left along the vectors is then small beside x (Daniel, Gragg, Kaufman and Stewart, Mathematics
     * of Computation 30, 1976).
     *
     * @return the length of what is left
     */
    double orthogonalize(INDArray x) {
        Elements open = Elements.of(x);
        double before = Vectors.norm(open);
        for (int pass = 1; ; pass++) {
            for (Elements v : elements) {
                Vectors.axpy(-Vectors.dot(v, open), v, open);
            }
            double after = Vectors.norm(open);
            if (after >= 0.7 * before || after == 0 || pass == MAX_PASSES) {
                return after;
            }
            before = after;
        }
    }

    /** out = the sum of coefficients times vectors, from one of them on. */
    void combine(double[] coefficients, int from, INDArray out) {
        Vectors.fill(out, 0);
        for (int i = 0; i < coefficients.length; i++) {
            Vectors.axpy(coefficients[i], vectors.get(from + i), out);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
