package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.LayoutKernels;
import dev.ravine.core.kernels.MatrixKernels;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrix products: of two matrices, of stacks of them, and added to something. */
final class MatrixOps {
    private MatrixOps() {}

    /** y = op(a) op(b), where op may transpose. */
    record MatMul(boolean transposeA, boolean transposeB) implements Bilinear {
        @Override
        public Shape infer(Tensor... in) {
            Shape a = in[0].shape();
            Shape b = in[1].shape();
            if (a.rank() != 2 || b.rank() != 2) {
                throw new ShapeException(name() + ": both inputs must be matrices, found shapes " + a + " and " + b);
            }
            if (a.size(transposeA ? 0 : 1) != b.size(transposeB ? 1 : 0)) {
                throw mismatch(name(), a, transposeA, b, transposeB);
            }
            return Shape.of(a.size(transposeA ? 1 : 0), b.size(transposeB ? 0 : 1));
        }

        @Override
        public Kernel kernel(INDArray a, INDArray b, INDArray y) {
            return MatrixKernels.gemm(a, transposeA, b, transposeB, y, 0);
        }

        @Override
        public Tensor transposeFirst(Tensor c, Tensor a, Tensor b) {
            return transposeA ? b.matmul(c, transposeB, true) : c.matmul(b, false, !transposeB);
        }

        @Override
        public Tensor transposeSecond(Tensor c, Tensor a, Tensor b) {
            return transposeB ? c.matmul(a, true, transposeA) : a.matmul(c, !transposeA, false);
        }

        @Override
        public Computation accumulating() {
            return new MatMulAdd(transposeA, transposeB);
        }

        /** An example's gradient is the outer product of its rows of a and c, whose square is that of the squared rows. */
        @Override
        public Tensor squaredVjp(Tensor y, int i, Tensor c) {
            return i == 1 && !transposeA
                    ? transposeSecond(c.square(), y.operand(0).square(), y.operand(1))
                    : null;
        }

        @Override
        public long cost(Tensor y) {
            return 2 * y.shape().count() * y.operand(0).shape().size(transposeA ? 0 : 1);
        }
    }

    /** y = s + op(a) op(b), which a program makes of a product and a sum; s may be a row that is added to each. */
    record MatMulAdd(boolean transposeA, boolean transposeB) implements Computation {
        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            Kernel product = MatrixKernels.gemm(in[1], transposeA, in[2], transposeB, out, 1);
            if (in[0] == out) {
                return product;
            }
            Kernel copy = LayoutKernels.broadcast(in[0], out);
            return () -> {
                copy.run();
                product.run();
            };
        }

        @Override
        public boolean inPlace(int i) {
            return i == 0;
        }
    }

    /** A product of matrices for each index of the leading axes, which broadcast. */
    record BatchMatMul(boolean transposeA, boolean transposeB) implements Bilinear {
        @Override
        public Shape infer(Tensor... in) {
            Shape a = in[0].shape();
            Shape b = in[1].shape();
            if (a.rank() < 2 || b.rank() < 2) {
                throw new ShapeException(name() + ": both inputs need at least two axes, found " + a + " and " + b);
            }
            long k = a.size(transposeA ? -2 : -1);
            if (k != b.size(transposeB ? -1 : -2)) {
                throw mismatch(name(), a, transposeA, b, transposeB);
            }
            Shape batch = Shape.broadcast(name(), leading(a), leading(b));
            long[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
            dims[batch.rank()] = a.size(transposeA ? -1 : -2);
            dims[batch.rank() + 1] = b.size(transposeB ? -2 : -1);
            return Shape.of(dims);
        }

        private static Shape leading(Shape shape) {
            return shape.dropping(shape.rank() - 2, shape.rank() - 1);
        }

        @Override
        public Kernel kernel(INDArray a, INDArray b, INDArray y) {
            return MatrixKernels.batchedGemm(a, transposeA, b, transposeB, y);
        }

        @Override
        public Tensor transposeFirst(Tensor c, Tensor a, Tensor b) {
            return transposeA ? b.matmul(c, transposeB, true) : c.matmul(b, false, !transposeB);
        }

        @Override
        public Tensor transposeSecond(Tensor c, Tensor a, Tensor b) {
            return transposeB ? c.matmul(a, true, transposeA) : a.matmul(c, !transposeA, false);
        }

        @Override
        public long cost(Tensor y) {
            return 2 * y.shape().count() * y.operand(0).shape().size(transposeA ? -2 : -1);
        }
    }

    private static ShapeException mismatch(String name, Shape a, boolean transposeA, Shape b, boolean transposeB) {
        return new ShapeException(
                name + ": inner sizes differ: " + a + (transposeA ? " transposed" : "") + " times " + b
                        + (transposeB ? " transposed" : "") + " needs " + a.size(transposeA ? -2 : -1) + " = "
                        + b.size(transposeB ? -1 : -2));
    }
}
