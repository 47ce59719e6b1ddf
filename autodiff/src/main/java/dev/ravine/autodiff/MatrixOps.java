package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.MatrixKernels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrix products: of two matrices, and of two stacks of matrices. */
final class MatrixOps {
    private MatrixOps() {}

    /** y = op(a) op(b) in the last two axes, where op may transpose. */
    private interface Product extends AddableProduct {
        boolean transposeA();

        boolean transposeB();

        @Override
        default Tensor transposeFirst(Tensor c, Tensor a, Tensor b) {
            return transposeA() ? b.matmul(c, transposeB(), true) : c.matmul(b, false, !transposeB());
        }

        @Override
        default Tensor transposeSecond(Tensor c, Tensor a, Tensor b) {
            return transposeB() ? c.matmul(a, true, transposeA()) : a.matmul(c, !transposeA(), false);
        }

        @Override
        default Rows rows(Tensor y, int i, Tensor cotangent) {
            return MatrixOps.rows(y, i, transposeA(), transposeB(), cotangent);
        }

        @Override
        default Examples examples(Tensor y, int i, Examples in) {
            return MatrixOps.examples(y, i, i == 0 ? transposeA() : transposeB(), in);
        }

        @Override
        default long cost(Tensor y) {
            return 2 * y.shape().count() * y.operand(0).shape().size(transposeA() ? -2 : -1);
        }
    }

    /** The product of two matrices. */
    record MatMul(boolean transposeA, boolean transposeB) implements Product {
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
        public Kernel kernel(INDArray a, INDArray b, double beta, INDArray y) {
            return MatrixKernels.gemm(a, transposeA, b, transposeB, y, beta);
        }
    }

    /** A matrix product for each index of the leading axes, which broadcast. */
    record BatchMatMul(boolean transposeA, boolean transposeB) implements Product {
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
            Shape batch = Shape.broadcast(
                    name() + " of " + a + " and " + b + ": in the axes before the matrices", leading(a), leading(b));
            long[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
            dims[batch.rank()] = a.size(transposeA ? -1 : -2);
            dims[batch.rank() + 1] = b.size(transposeB ? -2 : -1);
            return Shape.of(dims);
        }

        private static Shape leading(Shape shape) {
            return shape.dropping(shape.rank() - 2, shape.rank() - 1);
        }

        @Override
        public Kernel kernel(INDArray a, INDArray b, double beta, INDArray y) {
            return MatrixKernels.batchedGemm(a, transposeA, b, transposeB, y, beta);
        }

        @Override
        public Rows rows(Tensor y, int i, Tensor cotangent) {
            Shape weight = y.operand(i).shape();
            boolean isOneMatrix = weight.count() == weight.size(-1) * weight.size(-2);
            return isOneMatrix ? Product.super.rows(y, i, cotangent) : null;
        }
    }

    /**
     * The product of a stack of rows and one matrix, as one product of all rows: faster than one for each index of the
     * leading axes, and its derivative by the matrix is a product, too.
     */
    static Tensor ofAllRows(Tensor a, Tensor b, boolean transposeB) {
        long inner = a.shape().size(-1);
        Shape leading = a.shape().dropping(a.shape().rank() - 1);
        Tensor rows = a.reshape(Shape.of(leading.count(), inner));
        Tensor product = Tensor.of(new MatMul(false, transposeB), rows, b);
        long[] dims = Arrays.copyOf(leading.toArray(), leading.rank() + 1);
        dims[leading.rank()] = product.shape().size(1);
        return product.reshape(Shape.of(dims));
    }

    /** Whether an order of axes swaps the last two and nothing else. */
    static boolean isTransposition(List<Integer> order) {
        int rank = order.size();
        return rank >= 2
                && order.get(rank - 2) == rank - 1
                && order.get(rank - 1) == rank - 2
                && IntStream.range(0, rank - 2).allMatch(i -> order.get(i) == i);
    }

    /** The rows of the other factor, since y = op(a) op(b) and y' = op(b)' op(a)'. */
    private static Rows rows(Tensor y, int i, boolean transposeA, boolean transposeB, Tensor cotangent) {
        if (i == 1) {
            return new Rows(matrix(y.operand(0), transposeA), matrix(cotangent, false), transposeB);
        }
        return new Rows(matrix(y.operand(1), !transposeB), matrix(cotangent, true), !transposeA);
    }

    /** A stack of matrices as one, a matrix below the other. */
    private static Tensor matrix(Tensor stack, boolean isTransposed) {
        Tensor upright = isTransposed ? swapped(stack) : stack;
        Shape shape = upright.shape();
        return shape.rank() == 2
                ? upright
                : upright.reshape(Shape.of(shape.count() / Math.max(1, shape.size(-1)), shape.size(-1)));
    }

    private static Tensor swapped(Tensor stack) {
        int rank = stack.shape().rank();
        int[] order = IntStream.range(0, rank).toArray();
        order[rank - 2] = rank - 1;
        order[rank - 1] = rank - 2;
        return stack.permute(order);
    }

    /** Examples along an outer axis of a factor stay there; the inner axis is summed over. */
    private static Examples examples(Tensor y, int i, boolean isTransposed, Examples in) {
        Shape factor = y.operand(i).shape();
        int axis = in.axis(factor);
        int outer = factor.rank() - (i == 0 != isTransposed ? 2 : 1);
        if (axis < 0) {
            boolean isStack = factor.rank() > 2;
            boolean isLeft = i == 0 && outer == 0;
            boolean keepsFirst =
                    (isStack || isLeft) && factor.size(0) == y.shape().size(0);
            return keepsFirst && in.areWithinFirst(factor) ? in : in.unknown();
        }
        if (axis >= factor.rank() - 2) {
            return axis == outer ? in.at(y.shape(), y.shape().rank() - (i == 0 ? 2 : 1)) : summedOver(in);
        }
        return in.at(y.shape(), axis + y.shape().rank() - factor.rank());
    }

    private static Examples summedOver(Examples in) {
        return in.count() == 1 ? in : in.mixed();
    }

    private static ShapeException mismatch(String name, Shape a, boolean transposeA, Shape b, boolean transposeB) {
        return new ShapeException(
                name + ": inner sizes differ: " + a + (transposeA ? " transposed" : "") + " times " + b
                        + (transposeB ? " transposed" : "") + " needs " + a.size(transposeA ? -2 : -1) + " = "
                        + b.size(transposeB ? -1 : -2));
    }
}
