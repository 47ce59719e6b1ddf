package dev.ravine.optim.linear;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator.Property;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A symmetric matrix written out in double precision, with the factorizations that exact Newton steps need. It holds
 * two n x n arrays, the matrix and a factor of it, 16 n^2 bytes. Methods of a closed matrix throw {@link
 * IllegalStateException}.
 */
public final class DenseMatrix implements AutoCloseable {
    private final int n;
    private final Arena arena = new Arena("the matrix");
    private final INDArray matrix;
    private final Elements elements;
    private final INDArray factor;
    private final INDArray vector;
    private final INDArray result;
    private double asymmetry;

    /**
     * A matrix of zeros.
     *
     * @param n its order, at least 1
     */
    public DenseMatrix(int n) {
        this.n = Check.atLeastOne("the order of a matrix", n);
        this.matrix = arena.allocate(DType.FLOAT64, Shape.of(n, n));
        this.elements = Elements.of(matrix);
        this.factor = arena.allocate(DType.FLOAT64, Shape.of(n, n));
        this.vector = arena.allocate(DType.FLOAT64, Shape.of(n));
        this.result = arena.allocate(DType.FLOAT64, Shape.of(n));
    }

    /**
     * Eigenvalues and eigenvectors.
     *
     * @param values in ascending order
     * @param vectors row by row, in the order of the values
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Eigen(double[] values, double[][] vectors) {
        /**
         * The coordinates of a vector.
         *
         * @param x of n elements
         * @return x's products with the eigenvectors
         */
        public double[] coordinates(double[] x) {
            return Arrays.stream(vectors).mapToDouble(v -> dot(v, x)).toArray();
        }

        /**
         * The vector of some coordinates.
         *
         * @param coordinates one for each eigenvector
         * @return their sum times the eigenvectors
         */
        public double[] combine(double[] coordinates) {
            if (coordinates.length != vectors.length) {
                throw new IllegalArgumentException(
                        "there are " + vectors.length + " eigenvectors, found " + coordinates.length + " coordinates");
            }
            double[] x = new double[coordinates.length];
            for (int i = 0; i < x.length; i++) {
                for (int j = 0; j < x.length; j++) {
                    x[j] += coordinates[i] * vectors[i][j];
                }
            }
            return x;
        }
    }

    /**
     * Writes an operator out, by its products with the unit vectors; the mean of the outcome and its transpose is kept.
     * Costs n products.
     *
     * @param a declared symmetric, of order n
     * @param dtype of its vectors
     * @throws IllegalArgumentException if the operator is not declared symmetric, or of another order
     */
    public void assign(LinearOperator a, DType dtype) {
        if (!a.properties().contains(Property.SYMMETRIC)) {
            throw new IllegalArgumentException("a dense matrix must be SYMMETRIC, but " + a + " is declared "
                    + a.properties() + "; declare the property if it holds");
        }
        if (a.size() != n) {
            throw new IllegalArgumentException(
                    a + ", an operator of order " + a.size() + ", does not fit a matrix of " + n);
        }
        arena.lifetime().enter();
        try {
            writeOut(a, dtype);
            symmetrize();
        } finally {
            arena.lifetime().exit();
        }
    }

    private void writeOut(LinearOperator a, DType dtype) {
        INDArray unit = Arena.create(dtype, Shape.of(n));
        INDArray column = Arena.create(dtype, Shape.of(n));
        Elements ones = Elements.of(unit);
        Elements product = Elements.of(column);
        double[] row = new double[n];
        for (int i = 0; i < n; i++) {
            ones.set(i, 1);
            a.apply(unit, column);
            ones.set(i, 0);
            product.read(0, n, row);
            elements.write(i * n, n, row);
        }
    }

    private void symmetrize() {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double a = get(i, j);
                double b = get(j, i);
                largest = Math.max(largest, Math.max(Math.abs(a), Math.abs(b)));
                difference = Math.max(difference, Math.abs(a - b));
                set(i, j, a / 2 + b / 2);
                set(j, i, a / 2 + b / 2);
            }
            largest = Math.max(largest, Math.abs(get(i, i)));
        }
        asymmetry = difference == 0 ? 0 : difference / largest;
    }

    /**
     * How far the products that {@link #assign} saw were from a symmetric matrix: a measure of their rounding.
     *
     * @return the largest difference of two opposite elements over the largest element
     */
    public double asymmetry() {
        return asymmetry;
    }

    /** {@return the number of rows and columns} */
    public int size() {
        return n;
    }

    /**
     * {@return an element}
     *
     * @param i row
     * @param j column
     */
    public double get(int i, int j) {
        return elements.get(index(i, j));
    }

    /**
     * Changes an element; the opposite one is left for the caller to change.
     *
     * @param i row
     * @param j column
     * @param value the new value
     */
    public void set(int i, int j, double value) {
        elements.set(index(i, j), value);
    }

    private int index(int i, int j) {
        if (i < 0 || i >= n || j < 0 || j >= n) {
            throw new IndexOutOfBoundsException(
                    "row " + i + ", column " + j + " is outside of a matrix of order " + n + ", counted from 0");
        }
        return i * n + j;
    }

    /** The array itself, row-major. */
    INDArray array() {
        return matrix;
    }

    /**
     * A += shift I.
     *
     * @param shift the number added to the diagonal
     */
    public void addToDiagonal(double shift) {
        for (int i = 0; i < n; i++) {
            set(i, i, get(i, i) + shift);
        }
    }

    /**
     * {@return whether all elements of a row are zero, so that nothing depends on that unknown}
     *
     * @param i row
     */
    public boolean isZeroRow(int i) {
        for (int j = 0; j < n; j++) {
            if (get(i, j) != 0) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether all elements are finite} */
    public boolean isFinite() {
        return Vectors.firstNonFinite(matrix) < 0;
    }

    /**
     * Cholesky's factor of A + shift I, for {@link #solve}; n^3 / 3 operations.
     *
     * @param shift the number added to the diagonal
     * @return whether that matrix is positive definite; if not, there is no factor
     */
    public boolean factorize(double shift) {
        return arena.lifetime().during(() -> {
            Vectors.copy(matrix, factor);
            if (shift != 0) {
                Elements to = Elements.of(factor);
                for (int i = 0; i < n; i++) {
                    to.set(i * n + i, get(i, i) + shift);
                }
            }
            return Lapack.cholesky(factor);
        });
    }

    /**
     * (L L')^-1 b, with the last factor.
     *
     * @param b the right-hand side; not changed
     * @return the solution
     */
    public double[] solve(double[] b) {
        return arena.lifetime().during(() -> {
            Elements.of(vector).write(0, n, sized("the right-hand side", b));
            Lapack.solve(factor, vector);
            return Arena.toDoubles(vector);
        });
    }

    /**
     * L^-1 b, with the last factor.
     *
     * @param b the right-hand side; not changed
     * @return the solution
     */
    public double[] solveLower(double[] b) {
        return arena.lifetime().during(() -> {
            Elements.of(vector).write(0, n, sized("the right-hand side", b));
            Lapack.solveLower(factor, vector);
            return Arena.toDoubles(vector);
        });
    }

    /**
     * All eigenvalues and eigenvectors; about 9 n^3 operations. The last factor is lost.
     *
     * @return the decomposition
     */
    public Eigen eigen() {
        return arena.lifetime().during(() -> {
            Vectors.copy(matrix, factor);
            Lapack.eigen(factor, vector);
            double[][] rows = new double[n][n];
            Elements from = Elements.of(factor);
            for (int i = 0; i < n; i++) {
                from.read(i * n, n, rows[i]);
            }
            return new Eigen(Arena.toDoubles(vector), rows);
        });
    }

    /**
     * A x.
     *
     * @param x a vector; not changed
     * @return the product
     */
    public double[] product(double[] x) {
        return arena.lifetime().during(() -> {
            Elements.of(vector).write(0, n, sized("the vector", x));
            Lapack.symmetricProduct(matrix, vector, result);
            return Arena.toDoubles(result);
        });
    }

    private double[] sized(String what, double[] x) {
        if (x.length != n) {
            throw new ShapeException(what + " must have " + n + " elements, as the matrix has rows, found " + x.length);
        }
        return x;
    }

    /**
     * The change of the model g'p + p'Ap / 2.
     *
     * @param g the gradient
     * @param p the step
     * @return negative if the step is a promising one
     */
    public double modelChange(double[] g, double[] p) {
        return dot(g, p) + dot(p, product(p)) / 2;
    }

    /**
     * {@return p'Ap / p'p; infinite if p is zero}
     *
     * @param p a vector of the matrix's order
     */
    public double curvatureAlong(double[] p) {
        double norm = norm(p);
        double[] unit = Arrays.stream(p).map(v -> v / norm).toArray();
        return norm == 0 ? Double.POSITIVE_INFINITY : dot(unit, product(unit));
    }

    /**
     * {@return x'y}
     *
     * @param x a vector
     * @param y another, of its length
     */
    public static double dot(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "a dot product needs vectors of one length, found " + x.length + " and " + y.length + " numbers");
        }
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    /**
     * {@return the Euclidean norm, without overflow or underflow of its squares}
     *
     * @param x a vector
     */
    public static double norm(double[] x) {
        double largest = 0;
        for (double v : x) {
            largest = Double.isNaN(v) ? Double.NaN : Math.max(largest, Math.abs(v));
        }
        if (!(largest > 0) || Double.isInfinite(largest)) {
            return largest;
        }
        double sum = 0;
        for (double v : x) {
            sum += (v / largest) * (v / largest);
        }
        return largest * Math.sqrt(sum);
    }

    @Override
    public void close() {
        arena.close();
    }
}
