package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.ShapeException;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arithmetic on flat vectors for optimizers and linear solvers. Unlike kernels, these methods compute at once. Dot
 * products and norms accumulate in double precision, whatever the dtype of the vectors, and neither overflow nor
 * underflow before their result does. {@link SharedVectors} divides the work among threads.
 */
public final class Vectors {
    static {
        ProductSelfTest.require();
    }

    private Vectors() {}

    /**
     * x'y.
     *
     * @param x a dense array
     * @param y another of the same length
     * @return the sum of products, accumulated in double precision
     * @throws ShapeException if the lengths differ
     */
    public static double dot(INDArray x, INDArray y) {
        sameLength("dot", x.length(), y.length());
        Elements a = Elements.of(x);
        return dot(a, x == y ? a : Elements.of(y));
    }

    /**
     * x'y of opened arrays, without allocation.
     *
     * @param x a dense array
     * @param y another of the same length
     * @return the sum of products, accumulated in double precision
     * @throws ShapeException if the lengths differ
     */
    public static double dot(Elements x, Elements y) {
        return dot(x, y, 0, x.size());
    }

    /**
     * {@return x'y over a stretch of two arrays, accumulated in double precision; nothing is allocated}
     *
     * @param x a dense array
     * @param y another of the same length
     * @param from the first element
     * @param to the element after the last one
     */
    public static double dot(Elements x, Elements y, int from, int to) {
        sameLength("dot", x.size(), y.size());
        Hold.enter(x, y);
        try {
            return ScaledSums.dot(x, y, from, to);
        } finally {
            Hold.exit(x, y);
        }
    }

    /**
     * The sum of squares of the first numbers of a Java array.
     *
     * @param x numbers
     * @param n the number of them to use
     * @return the sum
     * @throws IllegalArgumentException if there are fewer than n, or n is negative
     */
    public static double sumOfSquares(double[] x, int n) {
        requireCount(n, x.length);
        return VectorLoops.sumOfProducts(x, x, n);
    }

    /**
     * The sum of squares of the first numbers of a Java array, with half the conversions of a product with itself.
     *
     * @param x numbers
     * @param n the number of them to use
     * @return the sum, accumulated in double precision
     * @throws IllegalArgumentException if there are fewer than n, or n is negative
     */
    public static double sumOfSquares(float[] x, int n) {
        requireCount(n, x.length);
        return VectorLoops.sumOfSquares(x, n);
    }

    private static void requireCount(int n, int length) {
        if (n < 0 || n > length) {
            throw new IllegalArgumentException(
                    "a sum of squares of " + n + " numbers needs an array of at least as many, found " + length);
        }
    }

    /**
     * The Euclidean norm.
     *
     * @param x a dense array
     * @return its length, accumulated in double precision
     */
    public static double norm(INDArray x) {
        return norm(Elements.of(x));
    }

    /**
     * The Euclidean norm of an opened array, without allocation.
     *
     * @param x a dense array
     * @return its length, accumulated in double precision
     */
    public static double norm(Elements x) {
        Hold.enter(x, x);
        try {
            return ScaledSums.norm(x);
        } finally {
            Hold.exit(x, x);
        }
    }

    /**
     * y += a x.
     *
     * @param a the factor
     * @param x a dense array
     * @param y changed in place, of the same length and dtype
     * @throws ShapeException if length or dtype differ
     */
    public static void axpy(double a, INDArray x, INDArray y) {
        sameKind("axpy", x, y);
        axpy(a, Elements.of(x), Elements.of(y));
    }

    /**
     * y += a x on opened arrays, without allocation.
     *
     * @param a the factor
     * @param x a dense array
     * @param y changed in place, of the same length and dtype
     * @throws ShapeException if length or dtype differ
     */
    public static void axpy(double a, Elements x, Elements y) {
        sameLength("axpy", x.size(), y.size());
        axpy(a, x, y, 0, x.size());
    }

    /**
     * y += a x over a stretch of two arrays.
     *
     * @param a the factor
     * @param x a dense array
     * @param y changed in place, of the same length and dtype
     * @param from the first element
     * @param to the element after the last one
     * @throws ShapeException if length or dtype differ
     * @throws IndexOutOfBoundsException if the stretch does not lie inside both
     */
    public static void axpy(double a, Elements x, Elements y, int from, int to) {
        Objects.checkFromToIndex(from, to, Math.min(x.size(), y.size()));
        int n = to - from;
        if (n == 0) {
            x.lifetime().require();
            y.lifetime().require();
            return;
        }
        Hold.enter(x, y);
        try {
            if (x instanceof Elements.Floats p && y instanceof Elements.Floats q) {
                openblas.cblas_saxpy(n, (float) a, at(p.pointer(), from), 1, at(q.pointer(), from), 1);
            } else if (x instanceof Elements.Doubles p && y instanceof Elements.Doubles q) {
                openblas.cblas_daxpy(n, a, at(p.pointer(), from), 1, at(q.pointer(), from), 1);
            } else {
                throw new ShapeException(
                        "axpy needs floating-point vectors of one dtype, found " + x.dtype() + " and " + y.dtype());
            }
        } finally {
            Hold.exit(x, y);
        }
    }

    private static FloatPointer at(FloatPointer pointer, int element) {
        return element == 0 ? pointer : pointer.getPointer(element);
    }

    private static DoublePointer at(DoublePointer pointer, int element) {
        return element == 0 ? pointer : pointer.getPointer(element);
    }

    /**
     * x *= a.
     *
     * @param a the factor
     * @param x changed in place
     */
    public static void scale(double a, INDArray x) {
        scale(a, Elements.of(x));
    }

    /**
     * x *= a on an opened array, without allocation.
     *
     * @param a the factor
     * @param x changed in place
     */
    public static void scale(double a, Elements x) {
        scale(a, x, 0, x.size());
    }

    static void scale(double a, Elements x, int from, int to) {
        int n = to - from;
        if (n == 0) {
            x.lifetime().require();
            return;
        }
        Hold.enter(x, x);
        try {
            if (x instanceof Elements.Floats p) {
                openblas.cblas_sscal(n, (float) a, at(p.pointer(), from), 1);
            } else if (x instanceof Elements.Doubles p) {
                openblas.cblas_dscal(n, a, at(p.pointer(), from), 1);
            } else {
                throw new ShapeException("scale needs a floating-point vector, found " + x.dtype());
            }
        } finally {
            Hold.exit(x, x);
        }
    }

    /**
     * y = x.
     *
     * @param x a dense array
     * @param y overwritten, of the same length and dtype
     * @throws ShapeException if length or dtype differ
     */
    public static void copy(INDArray x, INDArray y) {
        sameKind("copy", x, y);
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        Hold.enter(from, to);
        try {
            copy(from, to, 0, from.size());
        } finally {
            Hold.exit(from, to);
        }
    }

    static void copy(Elements from, Elements to, int begin, int count) {
        if (from instanceof Elements.Floats a && to instanceof Elements.Floats b) {
            b.buffer().put(begin, a.buffer(), begin, count);
        } else if (from instanceof Elements.Doubles a && to instanceof Elements.Doubles b) {
            b.buffer().put(begin, a.buffer(), begin, count);
        } else if (from instanceof Elements.Longs a && to instanceof Elements.Longs b) {
            b.buffer().put(begin, a.buffer(), begin, count);
        }
    }

    /**
     * Whether two arrays hold the same numbers; NaN equals NaN here.
     *
     * @param x a dense array
     * @param y another of the same length and dtype
     * @return true if no element differs
     * @throws ShapeException if length or dtype differ
     */
    public static boolean equal(INDArray x, INDArray y) {
        sameKind("equal", x, y);
        Elements a = Elements.of(x);
        Elements b = Elements.of(y);
        Hold.enter(a, b);
        try {
            if (a instanceof Elements.Floats p && b instanceof Elements.Floats q) {
                return p.buffer().equals(q.buffer());
            }
            if (a instanceof Elements.Doubles p && b instanceof Elements.Doubles q) {
                return p.buffer().equals(q.buffer());
            }
            return ((Elements.Longs) a).buffer().equals(((Elements.Longs) b).buffer());
        } finally {
            Hold.exit(a, b);
        }
    }

    /**
     * Sets every element to one value.
     *
     * @param x changed in place
     * @param value the value
     */
    public static void fill(INDArray x, double value) {
        run(LayoutKernels.fill(x, value), x);
    }

    /**
     * y = x / d elementwise.
     *
     * @param x numerator
     * @param d denominator
     * @param y overwritten; may be x or d
     * @throws ShapeException if length or dtype differ
     */
    public static void divide(INDArray x, INDArray d, INDArray y) {
        combine("divide", BinaryFunctions.DIV, x, d, y);
    }

    /**
     * y = x z elementwise.
     *
     * @param x a dense array
     * @param z another of the same length and dtype
     * @param y overwritten; may be x or z
     * @throws ShapeException if length or dtype differ
     */
    public static void multiply(INDArray x, INDArray z, INDArray y) {
        combine("multiply", BinaryFunctions.MUL, x, z, y);
    }

    /**
     * y = f(x) elementwise.
     *
     * @param x a dense array
     * @param y overwritten, of the same length and dtype; may be x
     * @param f evaluated in double precision
     * @throws ShapeException if length or dtype differ
     */
    public static void map(INDArray x, INDArray y, DoubleUnaryOperator f) {
        sameKind("map", x, y);
        run(UnaryKernels.map(x, y, f), x, y);
    }

    private static void combine(String operation, BinaryFunction f, INDArray x, INDArray z, INDArray y) {
        sameKind(operation, x, z);
        sameKind(operation, x, y);
        run(BinaryKernels.flat(f, x, z, y), x, z, y);
    }

    private static void run(Kernel kernel, INDArray... arrays) {
        try {
            new HeldKernel(kernel, arrays).run();
        } finally {
            Reference.reachabilityFence(arrays);
        }
    }

    /**
     * The first element that is infinite or NaN.
     *
     * @param x a dense array
     * @return its row-major index, or -1 if all are finite
     */
    public static int firstNonFinite(INDArray x) {
        Elements a = Elements.of(x);
        Hold.enter(a, a);
        try {
            return firstNonFinite(a, 0, a.size());
        } finally {
            Hold.exit(a, a);
        }
    }

    /** Element by element only if their sum is not finite, which may also be an overflow. */
    static int firstNonFinite(Elements x, int from, int to) {
        return Double.isFinite(sumOfMagnitudes(x, from, to)) ? -1 : VectorLoops.firstNonFinite(x, from, to);
    }

    /** The sum of |x| over a stretch, accumulated in the dtype; not finite if an element is not. 0 for integers. */
    static double sumOfMagnitudes(Elements x, int from, int to) {
        int n = to - from;
        if (x instanceof Elements.Floats p) {
            return n == 0 ? 0 : openblas.cblas_sasum(n, at(p.pointer(), from), 1);
        }
        if (x instanceof Elements.Doubles p) {
            return n == 0 ? 0 : openblas.cblas_dasum(n, at(p.pointer(), from), 1);
        }
        return 0;
    }

    private static void sameLength(String operation, long x, long y) {
        if (x != y) {
            throw new ShapeException(
                    operation + ": vectors have different lengths, " + x + " (the first) and " + y + " (the second)");
        }
    }

    static void sameKind(String operation, INDArray x, INDArray y) {
        sameLength(operation, x.length(), y.length());
        if (x.dataType() != y.dataType()) {
            throw new ShapeException(operation + ": vectors have different dtypes, " + DType.of(x) + " (the first) and "
                    + DType.of(y) + " (the second)");
        }
    }
}
