package dev.ravine.core.kernels;

import dev.ravine.core.Shape;
import dev.ravine.core.kernels.MatrixProduct.Matrix;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of matrices. The result is none of the inputs. */
public final class MatrixKernels {
    static {
        ProductSelfTest.require();
    }

    private MatrixKernels() {}

    /**
     * {@return the kernel y = op(a) op(b) + beta y for matrices}
     *
     * @param a matrix, m x k, or k x m if transposed
     * @param transposeA whether op(a) is a's transpose
     * @param b matrix, k x n, or n x k if transposed
     * @param transposeB whether op(b) is b's transpose
     * @param y result, m x n
     * @param beta 0 to overwrite y, 1 to add to it
     * @throws dev.ravine.core.ShapeException if shapes or dtypes do not fit together
     */
    public static Kernel gemm(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta) {
        MatrixProduct.requireMatrices(a, transposeA, b, transposeB, y);
        boolean isEmpty = a.isEmpty() || b.isEmpty() || y.isEmpty();
        Optional<Kernel> faster = isEmpty
                ? Optional.empty()
                : KernelSets.kernel(set -> set.product(a, transposeA, b, transposeB, y, beta));
        return faster.<Kernel>map(kernel -> new HeldKernel(kernel, a, b, y))
                .orElseGet(() -> own(a, transposeA, b, transposeB, y, beta));
    }

    /** The product in OpenBLAS, whatever set of kernels is in use; the shapes fit. */
    static Kernel own(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta) {
        Kernel product = a.isEmpty() || b.isEmpty() || y.isEmpty()
                ? ofNothing(y, beta)
                : new MatrixProduct(
                        Matrix.firstOf(a), transposeA, Matrix.firstOf(b), transposeB, Matrix.firstOf(y), beta);
        return new HeldKernel(product, a, b, y);
    }

    /** Sums of no products, which are zeros. */
    private static Kernel ofNothing(INDArray y, double beta) {
        return beta == 0 ? LayoutKernels.fill(y, 0) : () -> {};
    }

    /**
     * {@return a kernel of one matrix product for each index of the leading axes, which broadcast}
     *
     * @param a [..., m, k], or [..., k, m] if transposed
     * @param transposeA whether the last two axes of a are swapped
     * @param b [..., k, n], or [..., n, k] if transposed
     * @param transposeB whether the last two axes of b are swapped
     * @param y [..., m, n]
     * @param beta 0 to overwrite y, 1 to add to it
     */
    public static Kernel batchedGemm(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta) {
        Fit.rank("a batch of products", "the first input", a, 2);
        Fit.rank("a batch of products", "the second input", b, 2);
        Fit.rank("a batch of products", "the result", y, 2);
        if (y.isEmpty()) {
            return () -> {};
        }
        MatrixProduct.requireShapes(a, transposeA, b, transposeB, y);
        Shape batch = matrices(y);
        long[] inA = StridedCopy.broadcastStrides(matrices(a), batch);
        long[] inB = StridedCopy.broadcastStrides(matrices(b), batch);
        if (a.isEmpty() || b.isEmpty()) {
            return new HeldKernel(ofNothing(y, beta), a, b, y);
        }
        Matrix left = Matrix.firstOf(a);
        Matrix right = Matrix.firstOf(b);
        Matrix product = Matrix.firstOf(y);
        Kernel[] products = new Kernel[(int) batch.count()];
        long[] index = new long[batch.rank()];
        for (int i = 0; i < products.length; i++) {
            products[i] = new MatrixProduct(
                    left.at(StridedCopy.offset(index, inA)),
                    transposeA,
                    right.at(StridedCopy.offset(index, inB)),
                    transposeB,
                    product.at(i),
                    beta);
            StridedCopy.advance(index, batch);
        }
        return new HeldKernel(new KernelSequence(products), a, b, y);
    }

    private static Shape matrices(INDArray x) {
        return Shape.of(Arrays.copyOf(x.shape(), x.rank() - 2));
    }
}
