package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrices for tests. */
final class Matrices {
    private Matrices() {}

    static LinearOperator diagonal(DType dtype, double... values) {
        INDArray d = Arena.of(dtype, Shape.of(values.length), values);
        return LinearOperator.of(
                values.length, (v, out) -> Vectors.multiply(d, v, out), LinearOperator.Property.SYMMETRIC);
    }

    /** All eigenvalues in ascending order, of the matrix written out. */
    static double[] exact(LinearOperator a, DType dtype) {
        try (DenseMatrix matrix = new DenseMatrix((int) a.size())) {
            matrix.assign(a, dtype);
            return matrix.eigen().values();
        }
    }

    static double[] values(Extremes.End end) {
        return values(end.values());
    }

    static double[] values(List<Eigenvalue> values) {
        return values.stream().mapToDouble(Eigenvalue::value).toArray();
    }

    /** The first k of an ascending list. */
    static double[] lowest(double[] ascending, int k) {
        return Arrays.copyOf(ascending, Math.min(k, ascending.length));
    }

    /** The last k of an ascending list, the last one first. */
    static double[] highest(double[] ascending, int k) {
        double[] top = new double[Math.min(k, ascending.length)];
        for (int i = 0; i < top.length; i++) {
            top[i] = ascending[ascending.length - 1 - i];
        }
        return top;
    }
}
