package dev.ravine.optim.spectrum;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A matrix that has been tried: its products with a few normal random vectors show its size and whether it is symmetric
 * as declared. If squares of its numbers could overflow or vanish, the matrix to work with is a power of two smaller or
 * larger, which changes no digit.
 */
final class Normalized implements AutoCloseable {
    private static final int PROBES = 3;
    private static final long SEED = 20_240_607;

    private final Arena arena = new Arena("the probe of a matrix");
    private final List<INDArray> probes = new ArrayList<>();
    private final List<INDArray> products = new ArrayList<>();
    private final LinearOperator matrix;
    private final int exponent;

    /**
     * Tries a matrix.
     *
     * @param method the name for errors
     * @param a declared symmetric
     * @param dtype of its vectors
     * @throws IllegalArgumentException if the matrix is not declared symmetric, or is not
     * @throws ArithmeticException if a product is not finite
     */
    Normalized(String method, LinearOperator a, DType dtype) {
        Requirements.symmetric(method, a, dtype);
        Rng rng = new Rng(SEED);
        double largest = 0;
        for (int k = 0; k < PROBES; k++) {
            INDArray probe = arena.allocate(dtype, Shape.of(a.size()));
            INDArray product = arena.allocate(dtype, Shape.of(a.size()));
            Requirements.gaussian(rng, probe);
            a.apply(probe, product);
            largest = Math.max(largest, Requirements.finite("an element of a product", largest(product)));
            probes.add(probe);
            products.add(product);
        }
        int found = largest == 0 ? 0 : Math.getExponent(Math.max(largest, Double.MIN_NORMAL));
        this.exponent = Math.abs(found) <= (dtype == DType.FLOAT32 ? 60 : 300) ? 0 : found;
        this.matrix = exponent == 0
                ? a
                : LinearOperator.of(
                        a.toString(),
                        a.size(),
                        (v, out) -> {
                            a.apply(v, out);
                            shrink(out);
                        },
                        a.properties().toArray(new LinearOperator.Property[0]));
        if (exponent != 0) {
            products.forEach(this::shrink);
        }
        requireSymmetric(method, a, dtype);
    }

    private static double largest(INDArray x) {
        Elements elements = Elements.of(x);
        double largest = 0;
        for (int i = 0; i < elements.size(); i++) {
            largest = Math.max(largest, Math.abs(elements.get(i)));
        }
        return largest;
    }

    /** In two steps, since the power itself may be out of range. */
    private void shrink(INDArray x) {
        int half = exponent / 2;
        Vectors.scale(Math.scalb(1.0, -half), x);
        Vectors.scale(Math.scalb(1.0, half - exponent), x);
    }

    /** u'Av and v'Au may differ by rounding, which is far below what a matrix that is not symmetric makes of them. */
    private void requireSymmetric(String method, LinearOperator a, DType dtype) {
        double tolerance = dtype == DType.FLOAT32 ? 3e-3 : 1e-6;
        for (int i = 0; i < PROBES; i++) {
            for (int j = 0; j < i; j++) {
                double one = Vectors.dot(probes.get(i), products.get(j));
                double other = Vectors.dot(probes.get(j), products.get(i));
                double size = Vectors.norm(products.get(i)) + Vectors.norm(products.get(j));
                if (Math.abs(one - other) > tolerance * size) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT,
                            "%s needs a symmetric matrix, and %s is declared so; but for random vectors u and v, u'Av is"
                                    + " %.6g and v'Au is %.6g: symmetrize it, or correct its products",
                            method,
                            a,
                            restore(one),
                            restore(other)));
                }
            }
        }
    }

    /** This matrix, after its random vectors have done their work. */
    Normalized withoutProbes() {
        close();
        return this;
    }

    /** The matrix to work with. */
    LinearOperator matrix() {
        return matrix;
    }

    /** An eigenvalue, or a sum of them, of the matrix as it was given. */
    double restore(double value) {
        return Math.scalb(value, exponent);
    }

    Estimate restore(Estimate estimate) {
        return new Estimate(restore(estimate.value()), restore(estimate.standardError()));
    }

    /** Random vectors. */
    List<INDArray> probes() {
        return probes;
    }

    /** Their products with the matrix to work with. */
    List<INDArray> products() {
        return products;
    }

    @Override
    public void close() {
        arena.close();
    }
}
