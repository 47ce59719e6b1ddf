package dev.ravine.core.kernels;

import dev.ravine.core.Address;
import dev.ravine.core.DType;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y = op(a) op(b) + beta y for dense matrices that are not empty, by one call of OpenBLAS with everything prepared.
 * ND4J's own entry spends 17-30 us on checks and copies for a product of 64 x 64; this one costs the product alone.
 */
final class MatrixProduct implements Kernel {
    private final INDArray[] keepAlive;
    private final boolean single;
    private final int transposeA;
    private final int transposeB;
    private final int m;
    private final int n;
    private final int k;
    private final int lda;
    private final int ldb;
    private final double beta;
    private FloatPointer fa;
    private FloatPointer fb;
    private FloatPointer fc;
    private DoublePointer da;
    private DoublePointer db;
    private DoublePointer dc;

    MatrixProduct(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, double beta) {
        this.keepAlive = new INDArray[] {a, b, out};
        this.transposeA = transposeA ? openblas.CblasTrans : openblas.CblasNoTrans;
        this.transposeB = transposeB ? openblas.CblasTrans : openblas.CblasNoTrans;
        this.m = (int) out.size(0);
        this.n = (int) out.size(1);
        this.k = (int) a.size(transposeA ? 0 : 1);
        this.lda = (int) a.size(1);
        this.ldb = (int) b.size(1);
        this.beta = beta;
        this.single = DType.of(out) == DType.FLOAT32;
        if (single) {
            fa = Address.floats(a);
            fb = Address.floats(b);
            fc = Address.floats(out);
        } else {
            da = Address.doubles(a);
            db = Address.doubles(b);
            dc = Address.doubles(out);
        }
    }

    @Override
    public void run() {
        try {
            if (single) {
                openblas.cblas_sgemm(
                        openblas.CblasRowMajor,
                        transposeA,
                        transposeB,
                        m,
                        n,
                        k,
                        1f,
                        fa,
                        lda,
                        fb,
                        ldb,
                        (float) beta,
                        fc,
                        n);
            } else {
                openblas.cblas_dgemm(
                        openblas.CblasRowMajor, transposeA, transposeB, m, n, k, 1, da, lda, db, ldb, beta, dc, n);
            }
        } finally {
            Reference.reachabilityFence(keepAlive);
        }
    }
}
