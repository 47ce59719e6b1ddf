package dev.ravine.optim.leastsquares;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Lapack;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.CgResult;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.LeastSquares;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.SecondOrder.Point;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The linearized problem at one point: minimise ||J p + r||^2 / 2 + mu / 2 ||D p||^2 for several mu, with D the diagonal of
 * scales. Holds what does not depend on mu.
 */
abstract class DampedLeastSquares implements AutoCloseable {
    /**
     * A solution.
     *
     * @param damping the mu that was used, larger than the one asked for if that one made no positive definite matrix
     * @param predicted the change of f that the undamped model predicts
     * @param iterations factorizations, or iterations of conjugate gradients
     * @param stopped how the solver ended
     * @param smallestCurvature the smallest p'(J'J + mu D^2) p / p'p that was met, infinite if p is zero
     */
    record Solution(double damping, double predicted, int iterations, String stopped, double smallestCurvature) {}

    /**
     * Linearizes.
     *
     * @param at where
     * @return the norms of J's columns; where it is not written out, for all of them ||J g|| / ||g||
     */
    abstract double[] moveTo(Point at);

    /** Says that there will be no more solutions at this point. */
    void leave() {
        // Only a linearization holds on to its point.
    }

    /**
     * Solves.
     *
     * @param mu damping, not negative
     * @param scales D, positive; one for each parameter
     * @param step overwritten with p
     * @return how it went
     */
    abstract Solution solve(double mu, double[] scales, INDArray step);

    @Override
    public abstract void close();

    /**
     * Makes the linear problem for an objective.
     *
     * @param solver which method
     * @param limit the largest number of parameters to write a matrix out for
     * @param objective what will be linearized
     * @return a problem without a point
     * @throws IllegalArgumentException if the objective does not offer what the solver needs, or is too large
     */
    static DampedLeastSquares of(LeastSquaresSolver solver, int limit, Objective objective) {
        if (solver != LeastSquaresSolver.CONJUGATE_GRADIENTS && objective.size() > limit) {
            throw new IllegalArgumentException(solver + " with n = " + objective.size() + " parameters would write out "
                    + (solver == LeastSquaresSolver.QR ? "a matrix of n columns" : "matrices of n x n doubles")
                    + "; the limit is n = " + limit
                    + ": raise it with limit(n), or choose the solver CONJUGATE_GRADIENTS");
        }
        if (solver == LeastSquaresSolver.QR && !(objective instanceof LeastSquares)) {
            throw new IllegalArgumentException(
                    "QR needs an objective that is a sum of squares and writes out its Jacobian,"
                            + " such as ResidualObjective, found "
                            + objective.getClass().getSimpleName()
                            + "; give residuals to Minimize.leastSquares, or for a net with squared error choose the"
                            + " solver NORMAL_EQUATIONS or CONJUGATE_GRADIENTS");
        }
        return switch (solver) {
            case QR -> new ByQr((LeastSquares) objective);
            case NORMAL_EQUATIONS -> new ByNormalEquations(objective);
            case CONJUGATE_GRADIENTS -> new ByConjugateGradients(objective);
        };
    }

    /** A quadratic form's value at p over p'p. */
    private static double quotient(double value, double[] p) {
        double length = DenseMatrix.dot(p, p);
        return length == 0 ? Double.POSITIVE_INFINITY : value / length;
    }

    /** The Jacobian as its transpose, and the residuals, in double precision. */
    private static final class WrittenOut implements AutoCloseable {
        private final int n;
        private final int m;
        private final Arena arena = new Arena();
        private final INDArray ownColumns;
        private final INDArray ownResiduals;
        private final double[][] columns;
        private final double[] residuals;

        private WrittenOut(LeastSquares objective) {
            n = (int) objective.size();
            m = Math.toIntExact(objective.residuals());
            ownColumns = arena.allocate(objective.dtype(), Shape.of(n, m));
            ownResiduals = arena.allocate(objective.dtype(), Shape.of(m));
            columns = new double[n][m];
            residuals = new double[m];
        }

        private double[] moveTo(Point at) {
            ((LeastSquares) at.objective()).jacobian(at.theta(), ownResiduals, ownColumns);
            Elements.of(ownResiduals).read(0, m, residuals);
            Elements from = Elements.of(ownColumns);
            for (int i = 0; i < n; i++) {
                from.read(i * m, m, columns[i]);
            }
            return Arrays.stream(columns).mapToDouble(DenseMatrix::norm).toArray();
        }

        private double[] product(double[] p) {
            double[] jp = new double[m];
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < m; k++) {
                    jp[k] += p[i] * columns[i][k];
                }
            }
            return jp;
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /** [J D^-1; sqrt(mu) I] q = [-r; 0] in the sense of least squares, p = D^-1 q. */
    private static final class ByQr extends DampedLeastSquares {
        private final WrittenOut written;
        private final Arena arena = new Arena();
        private final INDArray stacked;
        private final INDArray right;

        private ByQr(LeastSquares objective) {
            written = new WrittenOut(objective);
            stacked = arena.allocate(DType.FLOAT64, Shape.of(written.n, written.m + written.n));
            right = arena.allocate(DType.FLOAT64, Shape.of(written.m + written.n));
        }

        @Override
        double[] moveTo(Point at) {
            return written.moveTo(at);
        }

        @Override
        Solution solve(double mu, double[] scales, INDArray step) {
            int n = written.n;
            int m = written.m;
            Vectors.fill(stacked, 0);
            Vectors.fill(right, 0);
            Elements to = Elements.of(stacked);
            double[] column = new double[m];
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < m; k++) {
                    column[k] = written.columns[i][k] / scales[i];
                }
                to.write(i * (m + n), m, column);
                to.set(i * (m + n) + m + i, Math.sqrt(mu));
            }
            for (int k = 0; k < m; k++) {
                column[k] = -written.residuals[k];
            }
            Elements.of(right).write(0, m, column);
            int rank = Lapack.leastSquares(stacked, right, n * Math.ulp(1.0));
            double[] p = new double[n];
            Elements.of(right).read(0, n, p);
            double shift = mu * DenseMatrix.dot(p, p);
            for (int i = 0; i < n; i++) {
                p[i] /= scales[i];
            }
            Elements.of(step).write(0, n, p);
            double[] jp = written.product(p);
            double square = DenseMatrix.dot(jp, jp);
            return new Solution(
                    mu,
                    DenseMatrix.dot(jp, written.residuals) + square / 2,
                    1,
                    rank == n ? "FULL_RANK" : "RANK_" + rank,
                    quotient(square + shift, p));
        }

        @Override
        public void close() {
            arena.close();
            written.close();
        }
    }

    /** (D^-1 J'J D^-1 + mu I) q = -D^-1 g, p = D^-1 q. */
    private static final class ByNormalEquations extends DampedLeastSquares {
        private final WrittenOut written;
        private final DenseMatrix square;
        private final DenseMatrix scaled;
        private double[] gradient;

        private ByNormalEquations(Objective objective) {
            written = objective instanceof LeastSquares squares ? new WrittenOut(squares) : null;
            square = new DenseMatrix((int) objective.size());
            scaled = new DenseMatrix((int) objective.size());
        }

        @Override
        double[] moveTo(Point at) {
            gradient = Arena.toDoubles(at.gradient());
            int n = square.size();
            double[] norms = new double[n];
            if (written != null) {
                written.moveTo(at);
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j <= i; j++) {
                        double product = DenseMatrix.dot(written.columns[i], written.columns[j]);
                        square.set(i, j, product);
                        square.set(j, i, product);
                    }
                }
            } else {
                try (Linearization linearization = at.objective().linearize(at.theta(), at.scope())) {
                    square.assign(
                            LinearOperator.of(linearization, Curvature.GAUSS_NEWTON),
                            at.objective().dtype());
                }
                square.addToDiagonal(at.objective().l2());
            }
            for (int i = 0; i < n; i++) {
                norms[i] = Math.sqrt(Math.max(0, square.get(i, i)));
            }
            return norms;
        }

        @Override
        Solution solve(double mu, double[] scales, INDArray step) {
            int n = square.size();
            double[] right = new double[n];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    scaled.set(i, j, square.get(i, j) / scales[i] / scales[j]);
                }
                right[i] = -gradient[i] / scales[i];
            }
            double used = mu;
            int factorizations = 1;
            while (!scaled.factorize(used)) {
                used = Math.max(4 * used, n * Math.ulp(1.0));
                factorizations++;
            }
            double[] p = scaled.solve(right);
            double shift = used * DenseMatrix.dot(p, p);
            for (int i = 0; i < n; i++) {
                p[i] /= scales[i];
            }
            Elements.of(step).write(0, n, p);
            String stopped = used == mu ? "POSITIVE_DEFINITE" : "RAISED_DAMPING";
            double quadratic = DenseMatrix.dot(p, square.product(p));
            return new Solution(
                    used,
                    DenseMatrix.dot(gradient, p) + quadratic / 2,
                    factorizations,
                    stopped,
                    quotient(quadratic + shift, p));
        }

        @Override
        public void close() {
            square.close();
            scaled.close();
            if (written != null) {
                written.close();
            }
        }
    }

    /** (G + mu D^2) p = -g by products, to a residual of min(1/2, sqrt ||g||) ||g||; D is a multiple of I. */
    private static final class ByConjugateGradients extends DampedLeastSquares {
        private static final int MAX_ITERATIONS = 1000;

        private final Arena arena = new Arena();
        private double forcing;
        private final ConjugateGradient solver =
                new ConjugateGradient(MAX_ITERATIONS, (i, phi, residual, first) -> residual <= forcing * first);
        private final INDArray negated;
        private final INDArray zero;
        private final INDArray scratch;
        private Point point;
        private Linearization linearization;

        private ByConjugateGradients(Objective objective) {
            Shape shape = Shape.of(objective.size());
            negated = arena.allocate(objective.dtype(), shape);
            zero = arena.allocate(objective.dtype(), shape);
            scratch = arena.allocate(objective.dtype(), shape);
        }

        @Override
        double[] moveTo(Point at) {
            point = at;
            linearization = at.objective().linearize(at.theta(), at.scope());
            Vectors.copy(at.gradient(), negated);
            Vectors.scale(-1, negated);
            forcing = Math.min(0.5, Math.sqrt(at.gradientNorm()));
            linearization.gaussNewton(negated, scratch);
            double curvature = Vectors.dot(negated, scratch) / (at.gradientNorm() * at.gradientNorm());
            double[] norms = new double[(int) at.objective().size()];
            Arrays.fill(norms, curvature > 0 ? Math.sqrt(curvature) : 0);
            return norms;
        }

        @Override
        Solution solve(double mu, double[] scales, INDArray step) {
            LinearOperator gaussNewton = LinearOperator.of(linearization, Curvature.GAUSS_NEWTON);
            double damping = mu * scales[0] * scales[0];
            QuadraticModel model = new QuadraticModel(
                    point.gradient(), gaussNewton, point.objective().l2(), damping);
            CgResult cg = solver.solve(model.damped(), negated, zero, null);
            Vectors.copy(cg.x(), step);
            return new Solution(
                    mu,
                    model.predictedChange(step, scratch),
                    cg.iterations(),
                    cg.reason().name(),
                    cg.smallestCurvature());
        }

        @Override
        void leave() {
            linearization.close();
        }

        @Override
        public void close() {
            solver.close();
            arena.close();
        }
    }
}
