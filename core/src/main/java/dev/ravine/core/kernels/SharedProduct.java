package dev.ravine.core.kernels;

import dev.ravine.core.Workers;
import dev.ravine.core.kernels.MatrixProduct.Matrix;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A product of matrices for which several threads compute rows. The rows are divided by the sizes of the matrices alone,
 * so that the bits do not depend on the number of threads. Small products are left to one thread. It always runs in
 * OpenBLAS, which prepares nothing, since matrix optimizers make some of their products anew in each step.
 */
public final class SharedProduct {
    /** The fewest rows and multiply-adds of a part, so that it stays efficient and pays for waking a thread. */
    private static final int ROWS_OF_A_PART = 64;

    private static final long WORK_OF_A_PART = 4_000_000;

    static {
        ProductSelfTest.require();
    }

    private final Kernel[] parts;

    private SharedProduct(Kernel... parts) {
        this.parts = parts;
    }

    /**
     * {@return the product y = op(a) op(b) + beta y, which {@link #run} computes}
     *
     * @param a matrix, m x k, or k x m if transposed
     * @param transposeA whether op(a) is a's transpose
     * @param b matrix, k x n, or n x k if transposed
     * @param transposeB whether op(b) is b's transpose
     * @param y result, m x n, none of the inputs
     * @param beta 0 to overwrite y, 1 to add to it
     * @throws dev.ravine.core.ShapeException if shapes or dtypes do not fit together
     */
    public static SharedProduct of(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta) {
        MatrixProduct.requireMatrices(a, transposeA, b, transposeB, y);
        int rows = (int) y.size(0);
        long work = y.length() * a.size(transposeA ? 0 : 1);
        int parts = Integer.highestOneBit((int) Math.min(rows / ROWS_OF_A_PART, work / WORK_OF_A_PART));
        if (parts < 2) {
            return new SharedProduct(MatrixKernels.own(a, transposeA, b, transposeB, y, beta));
        }
        Matrix left = Matrix.firstOf(a);
        Matrix right = Matrix.firstOf(b);
        Matrix result = Matrix.firstOf(y);
        return new SharedProduct(IntStream.range(0, parts)
                .mapToObj(i -> {
                    int from = (int) ((long) rows * i / parts);
                    int to = (int) ((long) rows * (i + 1) / parts);
                    Matrix some = transposeA ? left.fromColumn(from) : left.rows(from, to);
                    Kernel part = new MatrixProduct(some, transposeA, right, transposeB, result.rows(from, to), beta);
                    return new HeldKernel(part, a, b, y);
                })
                .toArray(Kernel[]::new));
    }

    /**
     * Computes it, and waits.
     *
     * @param workers threads that share the rows; the calling one is the first
     */
    public void run(Workers workers) {
        int count = Math.min(workers.count(), parts.length);
        if (count < 2) {
            for (Kernel part : parts) {
                part.run();
            }
            return;
        }
        workers.run(count, worker -> {
            for (int i = worker; i < parts.length; i += count) {
                parts[i].run();
            }
        });
    }
}
