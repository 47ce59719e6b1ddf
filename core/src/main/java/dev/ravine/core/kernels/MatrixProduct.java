package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y = op(a) op(b) + beta y for dense matrices that are not empty, by one call of OpenBLAS with everything prepared.
 * ND4J's own entry spends 17-30 us on checks and copies for a product of 64 x 64; this one costs the product alone.
 */
final class MatrixProduct implements Kernel {
    private final int transposeA;
    private final int transposeB;
    private final int m;
    private final int n;
    private final int k;
    private final int lda;
    private final int ldb;
    private final double beta;
    private final Matrix a;
    private final Matrix b;
    private final Matrix out;

    /**
     * A matrix, alone or one of several that lie one after another in an array. Those of an array share what was opened:
     * a view of each would cost ND4J several allocations of native memory.
     *
     * @param numbers all of the array
     * @param place the address of its first number
     * @param rows its rows
     * @param columns its columns
     */
    record Matrix(Elements numbers, Pointer place, int rows, int columns) {
        /** The only matrix of an array, or the first of several. */
        static Matrix firstOf(INDArray array) {
            Elements numbers = Elements.of(array);
            Pointer place = numbers instanceof Elements.Floats floats
                    ? floats.pointer()
                    : ((Elements.Doubles) numbers).pointer();
            return new Matrix(numbers, place, (int) array.size(-2), (int) array.size(-1));
        }

        /** Another one of the same array. */
        Matrix at(long index) {
            return new Matrix(numbers, place.getPointer(index * rows * columns), rows, columns);
        }

        /** Some of its rows. */
        Matrix rows(int from, int to) {
            return new Matrix(numbers, place.getPointer((long) from * columns), to - from, columns);
        }

        /** Itself from a column on, for a transposed factor of a product with fewer rows than it has columns. */
        Matrix fromColumn(int from) {
            return new Matrix(numbers, place.getPointer(from), rows, columns);
        }

        /** The address, if the memory was not returned. */
        private Pointer open() {
            numbers.lifetime().require();
            return place;
        }
    }

    MatrixProduct(Matrix a, boolean transposeA, Matrix b, boolean transposeB, Matrix out, double beta) {
        this.transposeA = transposeA ? openblas.CblasTrans : openblas.CblasNoTrans;
        this.transposeB = transposeB ? openblas.CblasTrans : openblas.CblasNoTrans;
        this.m = out.rows;
        this.n = out.columns;
        this.k = transposeA ? a.rows : a.columns;
        this.lda = a.columns;
        this.ldb = b.columns;
        this.beta = beta;
        this.a = a;
        this.b = b;
        this.out = out;
    }

    /** Of three matrices. */
    static void requireMatrices(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
        if (a.rank() != 2 || b.rank() != 2 || out.rank() != 2) {
            throw misfit(
                    describe(a, Shape.of(a), transposeA),
                    describe(b, Shape.of(b), transposeB),
                    describe(out, Shape.of(out), false));
        }
        requireShapes(a, transposeA, b, transposeB, out);
    }

    /** Of the matrices in the last two axes of three arrays. */
    static void requireShapes(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
        boolean fits = a.size(transposeA ? -1 : -2) == out.size(-2)
                && b.size(transposeB ? -2 : -1) == out.size(-1)
                && a.size(transposeA ? -2 : -1) == b.size(transposeB ? -1 : -2);
        boolean isOneType = a.dataType() == b.dataType()
                && b.dataType() == out.dataType()
                && DType.of(out).isFloating();
        if (!fits || !isOneType) {
            throw misfit(
                    describe(a, lastTwo(a), transposeA),
                    describe(b, lastTwo(b), transposeB),
                    describe(out, lastTwo(out), false));
        }
    }

    private static Shape lastTwo(INDArray x) {
        return Shape.of(x.size(-2), x.size(-1));
    }

    private static ShapeException misfit(String a, String b, String out) {
        return new ShapeException("a product of " + a + " and " + b + " does not fit a result of " + out
                + "; expected [m, k] times [k, n] into [m, n] of one floating-point type");
    }

    private static String describe(INDArray matrix, Shape shape, boolean isTransposed) {
        return DType.of(matrix) + " " + shape + (isTransposed ? " transposed" : "");
    }

    @Override
    public void run() {
        try {
            if (out.place instanceof FloatPointer) {
                openblas.cblas_sgemm(
                        openblas.CblasRowMajor,
                        transposeA,
                        transposeB,
                        m,
                        n,
                        k,
                        1f,
                        (FloatPointer) a.open(),
                        lda,
                        (FloatPointer) b.open(),
                        ldb,
                        (float) beta,
                        (FloatPointer) out.open(),
                        n);
            } else {
                openblas.cblas_dgemm(
                        openblas.CblasRowMajor,
                        transposeA,
                        transposeB,
                        m,
                        n,
                        k,
                        1,
                        (DoublePointer) a.open(),
                        lda,
                        (DoublePointer) b.open(),
                        ldb,
                        beta,
                        (DoublePointer) out.open(),
                        n);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
