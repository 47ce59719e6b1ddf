package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.lang.ref.Reference;
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
    private final Elements a;
    private final Elements b;
    private final Elements out;

    MatrixProduct(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, double beta) {
        this.transposeA = transposeA ? openblas.CblasTrans : openblas.CblasNoTrans;
        this.transposeB = transposeB ? openblas.CblasTrans : openblas.CblasNoTrans;
        this.m = (int) out.size(0);
        this.n = (int) out.size(1);
        this.k = (int) a.size(transposeA ? 0 : 1);
        this.lda = (int) a.size(1);
        this.ldb = (int) b.size(1);
        this.beta = beta;
        this.a = Elements.of(a);
        this.b = Elements.of(b);
        this.out = Elements.of(out);
    }

    static void requireShapes(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
        boolean isMatrices = a.rank() == 2 && b.rank() == 2 && out.rank() == 2;
        boolean fits = isMatrices
                && a.size(transposeA ? 1 : 0) == out.size(0)
                && b.size(transposeB ? 0 : 1) == out.size(1)
                && a.size(transposeA ? 0 : 1) == b.size(transposeB ? 1 : 0);
        boolean isOneType = a.dataType() == b.dataType()
                && b.dataType() == out.dataType()
                && DType.of(out).isFloating();
        if (!fits || !isOneType) {
            throw new ShapeException("a product of " + describe(a, transposeA) + " and " + describe(b, transposeB)
                    + " does not fit a result of " + describe(out, false)
                    + "; expected [m, k] times [k, n] into [m, n] of one floating-point type");
        }
    }

    private static String describe(INDArray matrix, boolean isTransposed) {
        return DType.of(matrix) + " " + Shape.of(matrix) + (isTransposed ? " transposed" : "");
    }

    @Override
    public void run() {
        try {
            if (out instanceof Elements.Floats c) {
                openblas.cblas_sgemm(
                        openblas.CblasRowMajor,
                        transposeA,
                        transposeB,
                        m,
                        n,
                        k,
                        1f,
                        ((Elements.Floats) a).pointer(),
                        lda,
                        ((Elements.Floats) b).pointer(),
                        ldb,
                        (float) beta,
                        c.pointer(),
                        n);
            } else if (out instanceof Elements.Doubles c) {
                openblas.cblas_dgemm(
                        openblas.CblasRowMajor,
                        transposeA,
                        transposeB,
                        m,
                        n,
                        k,
                        1,
                        ((Elements.Doubles) a).pointer(),
                        lda,
                        ((Elements.Doubles) b).pointer(),
                        ldb,
                        beta,
                        c.pointer(),
                        n);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
