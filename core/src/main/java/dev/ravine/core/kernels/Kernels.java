package dev.ravine.core.kernels;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The one door to ND4J: each method binds an operation to dense arrays and returns the {@link Kernel} that computes it.
 * The last array is the result; shapes are the caller's business (the graph above checks them). Unless a method says
 * otherwise the result may be the same array as an input. Arrays without elements are allowed everywhere.
 *
 * <p>Kernels run on the calling thread. Different kernels may run on different threads at once, as long as none writes
 * what another reads.
 */
public final class Kernels {
    private static final Kernel NOTHING = () -> {};

    static {
        ProductSelfTest.require();
    }

    private Kernels() {}

    // ---- elementwise, one input -------------------------------------------------------------------------------

    /**
     * y = -x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel neg(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.NEG, x, y);
    }

    /**
     * y = e^x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel exp(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.EXP, x, y);
    }

    /**
     * y = e^x - 1, exact for small x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel expm1(INDArray x, INDArray y) {
        return map(x, y, Math::expm1);
    }

    /**
     * y = ln x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel log(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.of(Math::log), x, y);
    }

    /**
     * y = the square root of x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel sqrt(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.SQRT, x, y);
    }

    /**
     * y = x^2.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel square(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.SQUARE, x, y);
    }

    /**
     * y = 1 / x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel reciprocal(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.RECIPROCAL, x, y);
    }

    /**
     * y = |x|.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel abs(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.ABS, x, y);
    }

    /**
     * y = the sign of x: -1, 0 or 1.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel sign(INDArray x, INDArray y) {
        return map(x, y, Math::signum);
    }

    /**
     * y = 1 where x > 0, else 0; not a number stays so.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel step(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.STEP, x, y);
    }

    /**
     * y = tanh x, with a relative error of at most 4e-7 in single precision.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel tanh(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.TANH, x, y);
    }

    /**
     * y = 1 / (1 + e^-x).
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel sigmoid(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.SIGMOID, x, y);
    }

    /**
     * y = max(x, 0); not a number stays so.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel relu(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.RELU, x, y);
    }

    /**
     * y = ln(1 + e^x) as max(x, 0) + ln(1 + e^-|x|), which neither overflows nor loses small values.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel softplus(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.SOFTPLUS, x, y);
    }

    /**
     * y = the error function of x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel erf(INDArray x, INDArray y) {
        return y.isEmpty() ? NOTHING : legacy(new Erf(x, y));
    }

    /**
     * y = atan x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel atan(INDArray x, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.of(Math::atan), x, y);
    }

    /**
     * y = sin x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel sin(INDArray x, INDArray y) {
        return y.isEmpty() ? NOTHING : legacy(new Sin(x, y));
    }

    /**
     * y = cos x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel cos(INDArray x, INDArray y) {
        return y.isEmpty() ? NOTHING : legacy(new Cos(x, y));
    }

    /**
     * y = x + a.
     *
     * @param x input
     * @param a the constant
     * @param y result
     * @return the kernel
     */
    public static Kernel addScalar(INDArray x, double a, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.addScalar(a), x, y);
    }

    /**
     * y = a x.
     *
     * @param x input
     * @param a the constant
     * @param y result
     * @return the kernel
     */
    public static Kernel scale(INDArray x, double a, INDArray y) {
        return ElementwiseKernels.of(UnaryFunctions.scale(a), x, y);
    }

    /**
     * y = x^p.
     *
     * @param x input
     * @param p exponent
     * @param y result
     * @return the kernel
     */
    public static Kernel pow(INDArray x, double p, INDArray y) {
        return map(x, y, v -> Math.pow(v, p));
    }

    /**
     * y = x limited to [low, high]; not a number stays so.
     *
     * @param x input
     * @param low lower limit
     * @param high upper limit
     * @param y result
     * @return the kernel
     */
    public static Kernel clip(INDArray x, double low, double high, INDArray y) {
        return map(x, y, v -> v < low ? low : v > high ? high : v);
    }

    /**
     * y = f(x) by a Java loop, for functions that have no kernel of their own. Slower than the named kernels: some
     * nanoseconds an element.
     *
     * @param x input
     * @param y result of the same shape
     * @param f evaluated in double precision on each element
     * @return the kernel
     */
    public static Kernel map(INDArray x, INDArray y, DoubleUnaryOperator f) {
        return ElementwiseKernels.of(UnaryFunctions.of(f), x, y);
    }

    // ---- elementwise, several inputs --------------------------------------------------------------------------

    /**
     * y = a + b, broadcast to the shape of y.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel add(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.ADD, a, b, y);
    }

    /**
     * y = a - b, broadcast to the shape of y.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel sub(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.SUB, a, b, y);
    }

    /**
     * y = a b elementwise, broadcast to the shape of y.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel mul(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.MUL, a, b, y);
    }

    /**
     * y = a / b, broadcast to the shape of y.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel div(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.DIV, a, b, y);
    }

    /**
     * y = the larger of a and b, all of one shape; not a number wins.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel max(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.of(Math::max), a, b, y);
    }

    /**
     * y = the smaller of a and b, all of one shape; not a number wins.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel min(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.of(Math::min), a, b, y);
    }

    /**
     * y = a^b, all of one shape.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel pow(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.of(Math::pow), a, b, y);
    }

    /**
     * y = 1 where a > b, else 0, all of one shape.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel greater(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.of((p, q) -> p > q ? 1 : 0), a, b, y);
    }

    /**
     * y = 1 where a equals b, else 0, all of one shape.
     *
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel equal(INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.of(BinaryFunctions.of((p, q) -> p == q ? 1 : 0), a, b, y);
    }

    /**
     * y = a where mask is not 0, else b, all of one shape.
     *
     * @param mask 0 or 1
     * @param a first input
     * @param b second input
     * @param y result
     * @return the kernel
     */
    public static Kernel where(INDArray mask, INDArray a, INDArray b, INDArray y) {
        return ElementwiseKernels.where(mask, a, b, y);
    }

    // ---- matrix products --------------------------------------------------------------------------------------

    /**
     * y = op(a) op(b) + beta y for matrices; y is none of the inputs.
     *
     * @param a matrix, m x k, or k x m if transposed
     * @param transposeA whether op(a) is a's transpose
     * @param b matrix, k x n, or n x k if transposed
     * @param transposeB whether op(b) is b's transpose
     * @param y result, m x n
     * @param beta 0 to overwrite y, 1 to add to it
     * @return the kernel
     */
    public static Kernel gemm(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta) {
        return new MatrixKernels(a, transposeA, b, transposeB, y, beta);
    }

    /**
     * A product of matrices for each index of the leading axes, which broadcast; y is none of the inputs.
     *
     * @param a [..., m, k], or [..., k, m] if transposed
     * @param transposeA whether the last two axes of a are swapped
     * @param b [..., k, n], or [..., n, k] if transposed
     * @param transposeB whether the last two axes of b are swapped
     * @param y [..., m, n]
     * @return the kernel
     */
    public static Kernel batchedGemm(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y) {
        if (y.isEmpty()) {
            return NOTHING;
        }
        Shape batch = matrices(y);
        long[] inA = LayoutKernels.broadcastStrides(matrices(a), batch);
        long[] inB = LayoutKernels.broadcastStrides(matrices(b), batch);
        Kernel[] products = new Kernel[(int) batch.count()];
        long[] index = new long[batch.rank()];
        for (int i = 0; i < products.length; i++) {
            products[i] = gemm(
                    matrix(a, LayoutKernels.offset(index, inA)),
                    transposeA,
                    matrix(b, LayoutKernels.offset(index, inB)),
                    transposeB,
                    matrix(y, i),
                    0);
            LayoutKernels.advance(index, batch);
        }
        return new KernelSequence(products);
    }

    private static Shape matrices(INDArray x) {
        return Shape.of(Arrays.copyOf(x.shape(), x.rank() - 2));
    }

    private static INDArray matrix(INDArray x, long i) {
        Shape shape = Shape.of(x.size(-2), x.size(-1));
        return Arena.view(x, i * shape.count(), shape);
    }

    // ---- reductions -------------------------------------------------------------------------------------------

    /**
     * y = the sum of x over some axes, accumulated in double precision; 0 over an empty axis. y is not x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, with as many elements as the other axes have
     * @return the kernel
     */
    public static Kernel sum(INDArray x, int[] axes, INDArray y) {
        return ReductionKernels.sum(x, axes, y);
    }

    /**
     * y = the maximum of x over some axes, none of them empty; not a number wins. y is not x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, with as many elements as the other axes have
     * @return the kernel
     */
    public static Kernel max(INDArray x, int[] axes, INDArray y) {
        return ReductionKernels.max(x, axes, y);
    }

    /**
     * y = m + ln sum e^(x - m) over some axes, with m the maximum, so that no exponential overflows; minus infinity
     * over an empty axis. y is not x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, with as many elements as the other axes have
     * @return the kernel, which owns scratch memory of the size of x
     */
    public static Kernel logSumExp(INDArray x, int[] axes, INDArray y) {
        return ReductionKernels.logSumExp(x, axes, y);
    }

    /**
     * y = e^(x - m) / sum e^(x - m) along some axes, with m the maximum, so that no exponential overflows. y may be x.
     *
     * @param x input
     * @param axes axes from 0, ascending
     * @param y result, of the shape of x
     * @return the kernel, which owns scratch memory of the size of the other axes
     */
    public static Kernel softmax(INDArray x, int[] axes, INDArray y) {
        return ReductionKernels.softmax(x, axes, y);
    }

    // ---- layout -----------------------------------------------------------------------------------------------

    /**
     * Every element of y becomes the value.
     *
     * @param y result
     * @param value the value
     * @return the kernel
     */
    public static Kernel fill(INDArray y, double value) {
        return ElementwiseKernels.fill(y, value);
    }

    /**
     * y = x, of the same number of elements.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel copy(INDArray x, INDArray y) {
        Shape flat = Shape.of(y.length());
        return LayoutKernels.copy(flat, x, 0, new long[] {1}, y, 0, new long[] {1});
    }

    /**
     * y = x repeated along the axes in which x has size 1 or which it lacks. y is not x.
     *
     * @param x input
     * @param y result
     * @return the kernel
     */
    public static Kernel broadcast(INDArray x, INDArray y) {
        Shape shape = Shape.of(y);
        return LayoutKernels.copy(
                shape, x, 0, LayoutKernels.broadcastStrides(Shape.of(x), shape), y, 0, shape.strides());
    }

    /**
     * y = x with its axes reordered: axis i of y is axis order[i] of x. y is not x.
     *
     * @param x input
     * @param order a permutation of the axes
     * @param y result
     * @return the kernel
     */
    public static Kernel permute(INDArray x, int[] order, INDArray y) {
        long[] strides = Shape.of(x).strides();
        long[] permuted = Arrays.stream(order).mapToLong(i -> strides[i]).toArray();
        Shape shape = Shape.of(y);
        return LayoutKernels.copy(shape, x, 0, permuted, y, 0, shape.strides());
    }

    /**
     * y = the block of x that begins at an index and has the shape of y. y is not x.
     *
     * @param x input
     * @param begin the index of the first element of the block
     * @param y result
     * @return the kernel
     */
    public static Kernel slice(INDArray x, long[] begin, INDArray y) {
        long[] strides = Shape.of(x).strides();
        Shape shape = Shape.of(y);
        return LayoutKernels.copy(shape, x, LayoutKernels.offset(begin, strides), strides, y, 0, shape.strides());
    }

    /**
     * y = zeros but for a block that begins at an index and holds x. y is not x.
     *
     * @param x input
     * @param begin the index of the first element of the block
     * @param y result
     * @return the kernel
     */
    public static Kernel pad(INDArray x, long[] begin, INDArray y) {
        return new KernelSequence(fill(y, 0), insert(x, begin, y));
    }

    /**
     * y = the parts one after the other along an axis. y is none of them.
     *
     * @param parts equal in all other axes
     * @param axis from 0
     * @param y result
     * @return the kernel
     */
    public static Kernel concat(List<INDArray> parts, int axis, INDArray y) {
        Kernel[] blocks = new Kernel[parts.size()];
        long[] begin = new long[y.rank()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = insert(parts.get(i), begin, y);
            begin[axis] += parts.get(i).size(axis);
        }
        return new KernelSequence(blocks);
    }

    private static Kernel insert(INDArray x, long[] begin, INDArray y) {
        long[] strides = Shape.of(y).strides();
        Shape shape = Shape.of(x);
        return LayoutKernels.copy(shape, x, 0, shape.strides(), y, LayoutKernels.offset(begin, strides), strides);
    }

    // ---- rows by index ----------------------------------------------------------------------------------------

    /**
     * y[i] = table[rows[i]] along the first axis.
     *
     * @param table [n, ...]
     * @param rows integers of any shape, each from 0 to n - 1, checked at every run
     * @param y the shape of rows followed by the other axes of the table
     * @return the kernel, whose run throws IndexOutOfBoundsException for a row outside of the table
     */
    public static Kernel gatherRows(INDArray table, INDArray rows, INDArray y) {
        return IndexKernels.gather(table, rows, y);
    }

    /**
     * y = zeros, then y[rows[i]] += x[i] in the order of i: the transpose of {@link #gatherRows}.
     *
     * @param x the shape of rows followed by further axes
     * @param rows integers, each from 0 to n - 1, checked at every run
     * @param y [n, ...]
     * @return the kernel, whose run throws IndexOutOfBoundsException for a row outside of the result
     */
    public static Kernel scatterAddRows(INDArray x, INDArray rows, INDArray y) {
        return IndexKernels.scatterAdd(x, rows, y);
    }

    /**
     * y[i, k] = 1 if label i is k, else 0.
     *
     * @param labels integers from 0 to classes - 1, checked at every run
     * @param y the shape of labels, then classes
     * @return the kernel, whose run throws IndexOutOfBoundsException for a label out of range
     */
    public static Kernel oneHot(INDArray labels, INDArray y) {
        return IndexKernels.oneHot(labels, y);
    }

    // ---- binding ----------------------------------------------------------------------------------------------

    private static Kernel legacy(Op op) {
        var executioner = Nd4j.getExecutioner();
        return () -> executioner.exec(op);
    }
}
