package dev.ravine.optim.matrix;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedProduct;
import dev.ravine.core.kernels.SharedVectors;
import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Brings the singular values of a matrix near 1 by Newton-Schulz iterations with products alone: X = U / (||U|| +
 * 1e-7), then X = a X + (b A + c A^2) X with A = X X', on the shorter side of X. Each iteration maps each singular
 * value s to a s + b s^3 + c s^5. The coefficients are Keller Jordan's: after five iterations singular values above
 * some hundredths of the norm are between 0.7 and 1.2, not 1.
 */
final class NewtonSchulz {
    private static final double A = 3.4445;
    private static final double B = -4.7750;
    private static final double C = 2.0315;
    private static final double SMALL = 1e-7;

    private final int iterations;
    private final int shorter;
    private final int longer;
    private final INDArray x;
    private final INDArray next;
    private final INDArray gram;
    private final INDArray polynomial;
    private final SharedProduct toGram;
    private final SharedProduct toSquare;
    private final SharedProduct toNext;

    NewtonSchulz(DType dtype, int rows, int columns, int iterations, Arena arena) {
        this.iterations = iterations;
        this.shorter = Math.min(rows, columns);
        this.longer = Math.max(rows, columns);
        this.x = arena.allocate(dtype, Shape.of(rows, columns));
        this.next = arena.allocate(dtype, Shape.of(rows, columns));
        this.gram = arena.allocate(dtype, Shape.of(shorter, shorter));
        this.polynomial = arena.allocate(dtype, Shape.of(shorter, shorter));
        boolean isWide = rows <= columns;
        this.toGram = SharedProduct.of(x, !isWide, x, isWide, gram, 0);
        this.toSquare = SharedProduct.of(gram, false, gram, false, polynomial, 0);
        this.toNext = isWide
                ? SharedProduct.of(polynomial, false, x, false, next, 0)
                : SharedProduct.of(x, false, polynomial, false, next, 0);
    }

    /** Replaces a matrix by one with the same singular vectors, on some workers; zeros stay zeros. */
    void apply(INDArray matrix, Workers workers) {
        Vectors.copy(matrix, x);
        Vectors.scale(1 / (Vectors.norm(x) + SMALL), x);
        for (int i = 0; i < iterations; i++) {
            toGram.run(workers);
            toSquare.run(workers);
            SharedVectors.scale(C, polynomial, workers);
            SharedVectors.axpy(B, gram, polynomial, workers);
            addToDiagonal();
            toNext.run(workers);
            SharedVectors.copy(next, x, workers);
        }
        Vectors.copy(x, matrix);
    }

    private void addToDiagonal() {
        Elements elements = Elements.of(polynomial);
        for (int i = 0; i < shorter; i++) {
            int at = i * (shorter + 1);
            elements.set(at, elements.get(at) + A);
        }
    }

    /** Floating-point operations of one application. */
    long work() {
        long s = shorter;
        return iterations * (4 * s * s * longer + 2 * s * s * s);
    }
}
