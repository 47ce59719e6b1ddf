package dev.ravine.optim.kronecker;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What Kronecker factors need of symmetric matrices of either precision. */
final class Symmetric {
    private static final int CHUNK = 4096;

    private Symmetric() {}

    static double trace(INDArray a) {
        Elements elements = Elements.of(a);
        int n = (int) a.size(0);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += elements.get(i * n + i);
        }
        return sum;
    }

    /** The Frobenius norm. */
    static double norm(INDArray a) {
        return Vectors.norm(a);
    }

    static void addToDiagonal(INDArray a, double shift) {
        Elements elements = Elements.of(a);
        int n = (int) a.size(0);
        for (int i = 0; i < n; i++) {
            elements.set(i * n + i, elements.get(i * n + i) + shift);
        }
    }

    /** Copies numbers into an array of another precision. */
    static void convert(INDArray from, INDArray to) {
        Elements in = Elements.of(from);
        Elements out = Elements.of(to);
        double[] chunk = new double[CHUNK];
        for (int at = 0; at < in.size(); at += CHUNK) {
            int count = Math.min(CHUNK, in.size() - at);
            in.read(at, count, chunk);
            out.write(at, count, chunk);
        }
    }

    /**
     * Eigenvalues in ascending order.
     *
     * @param a symmetric; null for the identity
     * @param vectors overwritten with the eigenvectors as rows
     */
    static double[] eigen(INDArray a, int n, INDArray vectors) {
        INDArray precise = Arena.create(DType.FLOAT64, Shape.of(n, n));
        INDArray values = Arena.create(DType.FLOAT64, Shape.of(n));
        if (a == null) {
            addToDiagonal(precise, 1);
            Vectors.fill(values, 1);
        } else {
            convert(a, precise);
            Lapack.eigen(precise, values);
        }
        convert(precise, vectors);
        return Arena.toDoubles(values);
    }
}
