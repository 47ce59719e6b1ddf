package dev.ravine.core.kernels;

import dev.ravine.core.Address;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.IntSupplier;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Dense factorizations, in double precision unless they say otherwise, by the LAPACK in OpenBLAS. Matrices are dense
 * and row-major; only the lower triangle of a symmetric matrix is read.
 */
public final class Lapack {
    /** LAPACK is column-major: what it calls upper is the lower triangle of a row-major matrix. */
    private static final byte LOWER = 'U';

    static {
        ProductSelfTest.require();
    }

    private Lapack() {}

    /**
     * A = L L', by Cholesky's method; n^3 / 3 operations.
     *
     * @param a symmetric, overwritten with L in its lower triangle
     * @return whether a is positive definite; if not, a holds no factor
     * @throws ShapeException if it is not a square matrix of FLOAT64
     */
    public static boolean cholesky(INDArray a) {
        int n = order(a, "Cholesky's method");
        return call("dpotrf", () -> openblas.LAPACKE_dpotrf(openblas.LAPACK_COL_MAJOR, LOWER, n, doubles(a), n), a)
                == 0;
    }

    /**
     * A = A^-1, by Cholesky's method, in the precision of A; n^3 operations.
     *
     * @param a symmetric, FLOAT32 or FLOAT64; overwritten with its inverse, in both triangles
     * @return whether a is positive definite; if not, a holds no inverse
     * @throws ShapeException if it is not a square matrix of floating-point numbers
     */
    public static boolean invert(INDArray a) {
        boolean isSingle = DType.of(a) == DType.FLOAT32;
        int n = isSingle ? squareOrder(a, "an inverse") : order(a, "an inverse");
        // A NaN would be refused as an argument; here it is one of the ways not to be positive definite.
        if (Vectors.firstNonFinite(a) >= 0 || factorize(a, n, isSingle) != 0 || invertFactor(a, n, isSingle) != 0) {
            return false;
        }
        mirrorLower(Elements.of(a), n);
        return true;
    }

    private static void mirrorLower(Elements a, int n) {
        double[] row = new double[n];
        for (int i = 1; i < n; i++) {
            a.read(i * n, i, row);
            for (int j = 0; j < i; j++) {
                a.set(j * n + i, row[j]);
            }
        }
    }

    private static int factorize(INDArray a, int n, boolean isSingle) {
        return call(
                isSingle ? "spotrf" : "dpotrf",
                () -> isSingle
                        ? openblas.LAPACKE_spotrf(openblas.LAPACK_COL_MAJOR, LOWER, n, Address.floats(a), n)
                        : openblas.LAPACKE_dpotrf(openblas.LAPACK_COL_MAJOR, LOWER, n, doubles(a), n),
                a);
    }

    private static int invertFactor(INDArray a, int n, boolean isSingle) {
        return call(
                isSingle ? "spotri" : "dpotri",
                () -> isSingle
                        ? openblas.LAPACKE_spotri(openblas.LAPACK_COL_MAJOR, LOWER, n, Address.floats(a), n)
                        : openblas.LAPACKE_dpotri(openblas.LAPACK_COL_MAJOR, LOWER, n, doubles(a), n),
                a);
    }

    /**
     * x = (L L')^-1 x.
     *
     * @param factor the result of {@link #cholesky}
     * @param x the right-hand side, overwritten with the solution
     * @throws ShapeException if sizes or dtypes do not fit
     */
    public static void solve(INDArray factor, INDArray x) {
        int n = order(factor, "a solution");
        vector(x, n, "a solution");
        call(
                "dpotrs",
                () -> openblas.LAPACKE_dpotrs(
                        openblas.LAPACK_COL_MAJOR, LOWER, n, 1, doubles(factor), n, doubles(x), n),
                factor,
                x);
    }

    /**
     * x = L^-1 x.
     *
     * @param factor the result of {@link #cholesky}
     * @param x the right-hand side, overwritten with the solution
     * @throws ShapeException if sizes or dtypes do not fit
     */
    public static void solveLower(INDArray factor, INDArray x) {
        int n = order(factor, "a solution");
        vector(x, n, "a solution");
        call(
                () -> openblas.cblas_dtrsv(
                        openblas.CblasRowMajor,
                        openblas.CblasLower,
                        openblas.CblasNoTrans,
                        openblas.CblasNonUnit,
                        n,
                        doubles(factor),
                        n,
                        doubles(x),
                        1),
                factor,
                x);
    }

    /**
     * A = V' diag(values) V, by divide and conquer; about 9 n^3 operations.
     *
     * @param a symmetric, overwritten with V, whose row i is the eigenvector of value i
     * @param values overwritten with the eigenvalues, in ascending order
     * @throws ShapeException if sizes or dtypes do not fit
     * @throws ArithmeticException if the iteration does not converge
     */
    public static void eigen(INDArray a, INDArray values) {
        int n = order(a, "an eigendecomposition");
        vector(values, n, "an eigendecomposition");
        int info = call(
                "dsyevd",
                () -> openblas.LAPACKE_dsyevd(
                        openblas.LAPACK_COL_MAJOR, (byte) 'V', LOWER, n, doubles(a), n, doubles(values)),
                a,
                values);
        if (info > 0) {
            throw new ArithmeticException("the eigenvalues of a matrix of order " + n + " did not converge");
        }
    }

    /**
     * T = V' diag(values) V of a symmetric tridiagonal T, by divide and conquer; at most about 6 n^3 operations.
     *
     * @param diagonal T's diagonal, overwritten with the eigenvalues, in ascending order
     * @param offDiagonal T's off-diagonal, n elements, the last of which is not read; overwritten
     * @param vectors n x n, overwritten with V, whose row i is the eigenvector of value i
     * @throws ShapeException if sizes or dtypes do not fit
     * @throws ArithmeticException if the iteration does not converge
     */
    public static void tridiagonalEigen(INDArray diagonal, INDArray offDiagonal, INDArray vectors) {
        int n = order(vectors, "a tridiagonal eigendecomposition");
        vector(diagonal, n, "a tridiagonal eigendecomposition");
        vector(offDiagonal, n, "a tridiagonal eigendecomposition");
        int info = call(
                "dstevd",
                () -> openblas.LAPACKE_dstevd(
                        openblas.LAPACK_COL_MAJOR,
                        (byte) 'V',
                        n,
                        doubles(diagonal),
                        doubles(offDiagonal),
                        doubles(vectors),
                        n),
                diagonal,
                offDiagonal,
                vectors);
        if (info > 0) {
            throw new ArithmeticException(
                    "the eigenvalues of a tridiagonal matrix of order " + n + " did not converge");
        }
    }

    /**
     * Replaces the rows of a square matrix by orthonormal ones: A' = Q R by Householder reflections, in the precision
     * of A; 8 n^3 / 3 operations. Row i of the result is a combination of the first i rows of A.
     *
     * @param a FLOAT32 or FLOAT64, overwritten with Q'
     * @throws ShapeException if it is not a square matrix of floating-point numbers
     */
    public static void orthonormalizeRows(INDArray a) {
        int n = squareOrder(a, "a QR factorization");
        dense(a, "a QR factorization");
        if (DType.of(a) == DType.FLOAT32) {
            FloatPointer data = Address.floats(a);
            try (FloatPointer reflectors = new FloatPointer(n)) {
                call("sgeqrf", () -> openblas.LAPACKE_sgeqrf(openblas.LAPACK_COL_MAJOR, n, n, data, n, reflectors), a);
                call(
                        "sorgqr",
                        () -> openblas.LAPACKE_sorgqr(openblas.LAPACK_COL_MAJOR, n, n, n, data, n, reflectors),
                        a);
            }
        } else {
            order(a, "a QR factorization");
            try (DoublePointer reflectors = new DoublePointer(n)) {
                call(
                        "dgeqrf",
                        () -> openblas.LAPACKE_dgeqrf(openblas.LAPACK_COL_MAJOR, n, n, doubles(a), n, reflectors),
                        a);
                call(
                        "dorgqr",
                        () -> openblas.LAPACKE_dorgqr(openblas.LAPACK_COL_MAJOR, n, n, n, doubles(a), n, reflectors),
                        a);
            }
        }
    }

    /**
     * Minimises ||J x - b|| by a QR factorization with column pivoting. If columns depend on one another, x is
     * the shortest minimiser.
     *
     * @param columns J', row i being column i of J; overwritten
     * @param b one element per row of J; its beginning is overwritten with x
     * @param tolerance columns count as dependent if they would make the factor's condition exceed 1 / tolerance
     * @return the rank of J that was found
     * @throws ShapeException if sizes or dtypes do not fit, or J has more columns than rows
     */
    public static int leastSquares(INDArray columns, INDArray b, double tolerance) {
        if (columns.rank() != 2 || DType.of(columns) != DType.FLOAT64 || columns.size(0) > columns.size(1)) {
            throw new ShapeException(
                    "least squares needs FLOAT64 columns of [unknowns, equations] with at least as many"
                            + " equations, found " + DType.of(columns) + " " + Shape.of(columns));
        }
        dense(columns, "least squares");
        int n = (int) columns.size(0);
        int m = (int) columns.size(1);
        vector(b, m, "least squares");
        try (IntPointer pivots = new IntPointer(new int[n]);
                IntPointer rank = new IntPointer(1)) {
            call(
                    "dgelsy",
                    () -> openblas.LAPACKE_dgelsy(
                            openblas.LAPACK_COL_MAJOR,
                            m,
                            n,
                            1,
                            doubles(columns),
                            m,
                            doubles(b),
                            m,
                            pivots,
                            tolerance,
                            rank),
                    columns,
                    b);
            return rank.get();
        }
    }

    /**
     * J P = Q R with column pivoting, and Q'b; 2 m n^2 - 2 n^3 / 3 operations. Of J and b only what R is made of needs
     * to be known afterwards: ||J x - b||^2 is ||R P'x - (Q'b)_1..k||^2 and a constant.
     *
     * @param columns J', row i being column i of J, of shape [n, m]; element [j, i] is overwritten with R's element i,
     *     j for i up to j and below k = min(m, n); the rest is lost
     * @param b one element per row of J, overwritten with Q'b
     * @return P: element i is the column of J that R's column i belongs to
     * @throws ShapeException if sizes or dtypes do not fit
     */
    public static int[] qr(INDArray columns, INDArray b) {
        if (columns.rank() != 2 || columns.isEmpty() || DType.of(columns) != DType.FLOAT64) {
            throw new ShapeException("a QR factorization needs FLOAT64 columns of [unknowns, equations], found "
                    + DType.of(columns) + " " + Shape.of(columns));
        }
        int n = (int) columns.size(0);
        int m = (int) columns.size(1);
        int k = Math.min(m, n);
        vector(b, m, "a QR factorization");
        int[] pivots = new int[n];
        try (IntPointer pointer = new IntPointer(pivots);
                DoublePointer reflectors = new DoublePointer(k)) {
            call(
                    "dgeqp3",
                    () -> openblas.LAPACKE_dgeqp3(
                            openblas.LAPACK_COL_MAJOR, m, n, doubles(columns), m, pointer, reflectors),
                    columns);
            call(
                    "dormqr",
                    () -> openblas.LAPACKE_dormqr(
                            openblas.LAPACK_COL_MAJOR,
                            (byte) 'L',
                            (byte) 'T',
                            m,
                            1,
                            k,
                            doubles(columns),
                            m,
                            reflectors,
                            doubles(b),
                            m),
                    columns,
                    b);
            pointer.get(pivots);
        }
        for (int i = 0; i < n; i++) {
            pivots[i]--;
        }
        return pivots;
    }

    /**
     * y = A x.
     *
     * @param a symmetric
     * @param x a vector
     * @param y overwritten; not x
     * @throws ShapeException if sizes or dtypes do not fit
     */
    public static void symmetricProduct(INDArray a, INDArray x, INDArray y) {
        int n = order(a, "a product");
        vector(x, n, "a product");
        vector(y, n, "a product");
        call(
                () -> openblas.cblas_dsymv(
                        openblas.CblasRowMajor,
                        openblas.CblasLower,
                        n,
                        1,
                        doubles(a),
                        n,
                        doubles(x),
                        1,
                        0,
                        doubles(y),
                        1),
                a,
                x,
                y);
    }

    private static DoublePointer doubles(INDArray array) {
        return Address.doubles(array);
    }

    private static int squareOrder(INDArray a, String what) {
        if (a.rank() != 2 || a.size(0) != a.size(1) || a.isEmpty()) {
            throw new ShapeException(what + " needs a square matrix, found " + DType.of(a) + " " + Shape.of(a));
        }
        return (int) a.size(0);
    }

    private static int order(INDArray a, String what) {
        if (a.rank() != 2 || a.size(0) != a.size(1) || a.isEmpty() || DType.of(a) != DType.FLOAT64) {
            throw new ShapeException(
                    what + " needs a square matrix of FLOAT64, found " + DType.of(a) + " " + Shape.of(a));
        }
        dense(a, what);
        return (int) a.size(0);
    }

    private static void vector(INDArray x, int n, String what) {
        if (x.length() != n || DType.of(x) != DType.FLOAT64) {
            throw new ShapeException(what + " of order " + n + " needs a vector of FLOAT64 [" + n + "], found "
                    + DType.of(x) + " " + Shape.of(x));
        }
        dense(x, what);
    }

    private static void dense(INDArray a, String what) {
        if (!Arena.isDense(a)) {
            throw new ShapeException(what + " needs dense, row-major arrays, found one of shape " + Shape.of(a)
                    + " with gaps or another order; pass Arena.dense(array)");
        }
    }

    private static void call(Runnable routine, INDArray... arrays) {
        held(
                () -> {
                    routine.run();
                    return 0;
                },
                arrays);
    }

    private static int held(IntSupplier routine, INDArray... arrays) {
        Hold hold = Hold.of(List.of(arrays));
        hold.enter();
        try {
            return routine.getAsInt();
        } finally {
            hold.exit();
            Reference.reachabilityFence(arrays);
        }
    }

    /** A negative code means a bad argument or too little memory. */
    private static int call(String name, IntSupplier routine, INDArray... arrays) {
        int info = held(routine, arrays);
        if (info == openblas.LAPACK_WORK_MEMORY_ERROR || info == openblas.LAPACK_TRANSPOSE_MEMORY_ERROR) {
            throw new OutOfMemoryError("LAPACK's " + name + " found no native memory for its work");
        }
        if (info < 0) {
            throw new IllegalStateException("LAPACK's " + name + " refuses its argument " + -info
                    + "; an element may be infinite or not a number");
        }
        return info;
    }
}
