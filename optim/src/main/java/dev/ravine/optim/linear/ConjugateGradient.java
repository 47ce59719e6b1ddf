package dev.ravine.optim.linear;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Preconditioned conjugate gradients for a symmetric A (Nocedal and Wright, Numerical Optimization, algorithm 5.3):
 * minimises phi(x) = x'Ax / 2 - b'x along directions conjugate with respect to A. Scalars are accumulated in double
 * precision whatever the dtype. An indefinite A is no error: the run ends with {@link Stop#NONPOSITIVE_CURVATURE}, and
 * the caller decides.
 *
 * <p>{@link #solve} takes a right-hand side b. {@link #minimise} takes a gradient g and minimises g'x + x'Ax / 2, which
 * is the same with b = -g.
 *
 * <p>A solver keeps its work vectors for the next run of the same size, until it is closed.
 */
public final class ConjugateGradient implements AutoCloseable {
    private final int maxIterations;
    private final StopRule stopRule;
    private final IntPredicate isStored;
    private final Lifetime lifetime = new Lifetime("the solver", this::release);
    private Arena arena = new Arena("the solver");
    private INDArray x;
    private INDArray residual;
    private INDArray scaled;
    private INDArray direction;
    private INDArray product;
    private final List<INDArray> spare = new ArrayList<>();

    /**
     * A solver that stores only the last iterate.
     *
     * @param maxIterations at least 1
     * @param stopRule when to stop before
     */
    public ConjugateGradient(int maxIterations, StopRule stopRule) {
        this(maxIterations, stopRule, i -> false);
    }

    /**
     * A solver that also stores some iterates on the way.
     *
     * @param maxIterations at least 1
     * @param stopRule when to stop before
     * @param isStored whether to store the iterate after a number of updates; the last iterate is stored in any case
     */
    public ConjugateGradient(int maxIterations, StopRule stopRule, IntPredicate isStored) {
        this.maxIterations = Check.atLeastOne("the limit of iterations", maxIterations);
        this.stopRule = stopRule;
        this.isStored = isStored;
    }

    /**
     * How a run went. Arrays belong to the solver and are overwritten by its next run.
     *
     * @param x the last iterate
     * @param direction the last direction; with NONPOSITIVE_CURVATURE the one along which there is no minimum, in any
     *     length
     * @param iterations how many updates of x were made
     * @param stopped why it ended: STOP_RULE, SOLVED, MAX_ITERATIONS, NONPOSITIVE_CURVATURE or NON_FINITE; the last two
     *     keep the iterate before
     * @param residual the norm of A x - b at the last iterate, by recursion
     * @param smallestCurvature the smallest p'Ap / p'p of a direction that was met, infinite if none was
     * @param phi x'Ax / 2 - b'x after each update
     * @param iterates the stored iterates in order; the last one is always among them
     */
    public record Result(
            INDArray x,
            INDArray direction,
            int iterations,
            Stop stopped,
            double residual,
            double smallestCurvature,
            List<Double> phi,
            List<Iterate> iterates)
            implements SolverReport {
        /** {@return phi at the last iterate; 0, its value at zero, if there was no update} */
        public double lastPhi() {
            return phi.isEmpty() ? 0 : phi.get(phi.size() - 1);
        }

        @Override
        public String detail() {
            return "conjugate gradients: " + stopped;
        }
    }

    /**
     * A stored iterate.
     *
     * @param iteration after how many updates
     * @param x its numbers
     */
    public record Iterate(int iteration, INDArray x) {}

    /**
     * Iterations spaced geometrically, to be stored for backtracking: ceil(first), ceil(first r), ceil(first r^2), ...
     * (Martens, ICML 2010, section 4.6).
     *
     * @param first Martens' 5
     * @param ratio Martens' 1.3
     * @return 5 7 9 11 15 19 25 32 41 54 69 90 117 152 197 ... for these
     */
    public static IntPredicate spacedGeometrically(double first, double ratio) {
        return iteration -> {
            double next = first;
            while (Math.ceil(next) < iteration) {
                next *= ratio;
            }
            return Math.ceil(next) == iteration;
        };
    }

    /**
     * Solves A x = b.
     *
     * @param a symmetric
     * @param b the right-hand side; not changed
     * @param start where to begin; not changed
     * @param preconditioner an approximate inverse of A, symmetric and positive definite, applied to residuals; or null
     * @return the result, whose arrays are the solver's and hold until its next run
     * @throws IllegalArgumentException if the matrix or the preconditioner lacks a property, or sizes differ
     */
    public Result solve(LinearOperator a, INDArray b, INDArray start, LinearOperator preconditioner) {
        return run(a, b, 1, start, preconditioner, maxIterations);
    }

    /**
     * Minimises g'x + x'Ax / 2 from zero, without a preconditioner.
     *
     * @param a symmetric
     * @param gradient g; not changed
     * @return the result, whose phi is the value of the quadratic
     * @throws IllegalArgumentException if the matrix is not declared symmetric, or sizes differ
     */
    public Result minimise(LinearOperator a, INDArray gradient) {
        return run(a, gradient, -1, null, null, maxIterations);
    }

    /**
     * Minimises g'x + x'Ax / 2.
     *
     * @param a symmetric
     * @param gradient g; not changed
     * @param start where to begin; not changed
     * @param preconditioner an approximate inverse of A, symmetric and positive definite, applied to residuals; or null
     * @param limit of iterations in this run, at least 1; the solver's own limit holds if it is lower
     * @return the result, whose phi is the value of the quadratic
     * @throws IllegalArgumentException if the matrix or the preconditioner lacks a property, or sizes differ
     */
    public Result minimise(
            LinearOperator a, INDArray gradient, INDArray start, LinearOperator preconditioner, int limit) {
        return run(a, gradient, -1, start, preconditioner, limit);
    }

    /** Solves A x = sign b, from zero if there is no start. */
    private Result run(
            LinearOperator a, INDArray b, int sign, INDArray start, LinearOperator preconditioner, int limit) {
        return lifetime.during(() -> runOpen(a, b, sign, start, preconditioner, limit));
    }

    private Result runOpen(
            LinearOperator a, INDArray b, int sign, INDArray start, LinearOperator preconditioner, int limit) {
        require(a, b, preconditioner);
        prepare(b);
        int most = Math.min(Check.atLeastOne("the limit of iterations", limit), maxIterations);
        if (start == null) {
            Vectors.fill(x, 0);
        } else {
            Vectors.copy(start, x);
        }
        Run run = new Run(a, b, sign, preconditioner, most);
        Stop stopped = run.begin();
        while (stopped == null) {
            stopped = run.iterate();
        }
        return run.result(stopped);
    }

    /** One run on the solver's vectors. */
    private final class Run {
        private final LinearOperator a;
        private final INDArray b;
        private final int sign;
        private final LinearOperator preconditioner;
        private final int limit;
        private double[] phi;
        private final List<Iterate> iterates = new ArrayList<>();
        private double firstResidual;
        private double norm;
        private double unit = 1;
        /** Of the matrix; products are over it. */
        private double matrixUnit = 1;

        private double rho;
        private double smallest = Double.POSITIVE_INFINITY;
        private int i;

        private Run(LinearOperator a, INDArray b, int sign, LinearOperator preconditioner, int limit) {
            this.a = a;
            this.b = b;
            this.sign = sign;
            this.preconditioner = preconditioner;
            this.limit = limit;
            this.phi = new double[Math.min(limit, 1000)];
        }

        /** The first residual and direction; returns why to stop at once, or null. */
        private Stop begin() {
            a.apply(x, residual);
            Vectors.axpy(-sign, b, residual); // r = A x - b
            useUnit(Vectors.norm(residual));
            firstResidual = Vectors.norm(residual);
            norm = firstResidual;
            rho = precondition();
            Vectors.copy(scaled, direction);
            Vectors.scale(-1, direction); // p = -M r
            return norm == 0 ? Stop.SOLVED : null;
        }

        /** A residual whose square would overflow or underflow is counted in another unit, and the solution with it. */
        private void useUnit(double size) {
            unit = PowerOfTwo.unitOf(size, DType.of(residual));
            if (unit != 1) {
                Vectors.scale(1 / unit, residual);
                Vectors.scale(1 / unit, x);
            }
        }

        /** So is a matrix whose products with short directions would leave the range of numbers. */
        private void useMatrixUnit() {
            matrixUnit = PowerOfTwo.unitOf(Vectors.norm(product) / rho * Vectors.norm(direction));
            if (matrixUnit != 1) {
                Vectors.scale(matrixUnit, x);
            }
        }

        /** One update of x; returns why to stop, or null to go on. */
        private Stop iterate() {
            a.apply(direction, product);
            if (i == 0) {
                useMatrixUnit();
            }
            if (matrixUnit != 1) {
                Vectors.scale(1 / matrixUnit, product);
            }
            double curvature = Vectors.dot(direction, product);
            if (!Double.isFinite(curvature)) {
                return Stop.NON_FINITE;
            }
            smallest = Math.min(smallest, curvature / Vectors.dot(direction, direction) * matrixUnit);
            if (curvature <= 0) {
                return Stop.NONPOSITIVE_CURVATURE;
            }
            double alpha = rho / curvature;
            Vectors.axpy(alpha, direction, x);
            Vectors.axpy(alpha, product, residual);
            double rhoBefore = rho;
            rho = precondition();
            norm = Vectors.norm(residual);
            if (i == phi.length) {
                phi = Arrays.copyOf(phi, (int) Math.min(limit, 2L * i));
            }
            phi[i] = (Vectors.dot(x, residual) - sign * Vectors.dot(x, b) / unit) / 2;
            i++;
            if (isStored.test(i)) {
                store();
            }
            if (norm == 0) {
                return Stop.SOLVED;
            }
            if (stopRule.isDone(i, phi, norm * unit, firstResidual * unit)) {
                return Stop.STOP_RULE;
            }
            if (i == limit) {
                return Stop.MAX_ITERATIONS;
            }
            Vectors.scale(rho / rhoBefore, direction);
            Vectors.axpy(-1, scaled, direction); // p = -M r + beta p
            return null;
        }

        /** scaled = M residual; returns residual'M residual. */
        private double precondition() {
            if (preconditioner == null) {
                Vectors.copy(residual, scaled);
            } else {
                preconditioner.apply(residual, scaled);
            }
            return Vectors.dot(residual, scaled);
        }

        private void store() {
            int index = iterates.size();
            if (index == spare.size()) {
                spare.add(vector());
            }
            Vectors.copy(x, spare.get(index));
            if (unit != matrixUnit) {
                Vectors.scale(unit / matrixUnit, spare.get(index));
            }
            iterates.add(new Iterate(i, spare.get(index)));
        }

        private Result result(Stop stopped) {
            if (iterates.isEmpty() || iterates.get(iterates.size() - 1).iteration() != i) {
                store();
            }
            if (unit != matrixUnit) {
                Vectors.scale(unit / matrixUnit, x);
            }
            List<Double> quadratics = Arrays.stream(phi, 0, i)
                    .map(v -> v * (unit / matrixUnit) * unit)
                    .boxed()
                    .toList();
            return new Result(x, direction, i, stopped, norm * unit, smallest, quadratics, List.copyOf(iterates));
        }
    }

    private void prepare(INDArray like) {
        if (x == null || x.length() != like.length() || x.dataType() != like.dataType()) {
            release();
            arena = new Arena("the solver");
            x = arena.allocate(DType.of(like), Shape.of(like.length()));
            residual = vector();
            scaled = vector();
            direction = vector();
            product = vector();
        }
    }

    private INDArray vector() {
        return arena.allocate(DType.of(x), Shape.of(x.length()));
    }

    private static void require(LinearOperator a, INDArray b, LinearOperator preconditioner) {
        require(a, "the matrix", Property.SYMMETRIC);
        if (preconditioner != null) {
            require(preconditioner, "the preconditioner", Property.SYMMETRIC, Property.POSITIVE_SEMIDEFINITE);
        }
        if (a.size() != b.length() || (preconditioner != null && preconditioner.size() != b.length())) {
            throw new IllegalArgumentException("the right-hand side has " + b.length() + " elements, but the matrix "
                    + a
                    + " is of size " + a.size()
                    + (preconditioner == null ? "" : " and the preconditioner of size " + preconditioner.size()));
        }
    }

    private static void require(LinearOperator a, String what, Property... needed) {
        for (Property property : needed) {
            if (!a.properties().contains(property)) {
                throw new IllegalArgumentException("conjugate gradients need " + what + " to be " + property + ", but "
                        + a + " is declared " + a.properties() + "; declare the property if it holds");
            }
        }
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        arena.close();
        spare.clear();
        x = null;
    }
}
