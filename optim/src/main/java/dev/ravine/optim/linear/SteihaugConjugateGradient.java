package dev.ravine.optim.linear;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator.Property;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Conjugate gradients inside a ball (Steihaug, SIAM Journal on Numerical Analysis 20, 1983; Nocedal and Wright,
 * Numerical Optimization, algorithm 7.2): minimises m(p) = g'p + p'Ap / 2 over ||p|| up to a radius, from p = 0. A may
 * be indefinite: along a direction of nonpositive curvature the step goes to the boundary, to the better of the two
 * points where the line meets it.
 */
public final class SteihaugConjugateGradient implements AutoCloseable {
    private final int maxIterations;
    private final Lifetime lifetime = new Lifetime("the solver", this::release);
    private Arena arena = new Arena("the solver");
    private INDArray step;
    private INDArray residual;
    private INDArray direction;
    private INDArray product;

    /**
     * A solver.
     *
     * @param maxIterations at least 1
     */
    public SteihaugConjugateGradient(int maxIterations) {
        this.maxIterations = Check.atLeastOne("the limit of iterations", maxIterations);
    }

    /**
     * How a run went.
     *
     * @param step p, which belongs to the solver and is overwritten by its next run
     * @param iterations products with A
     * @param stopped why it ended: TOLERANCE inside the ball, BOUNDARY, NONPOSITIVE_CURVATURE after following such a
     *     direction to the boundary, MAX_ITERATIONS inside the ball, or NON_FINITE with the iterate before
     * @param smallestCurvature the smallest d'Ad / d'd that was met, infinite if none was
     */
    public record Result(INDArray step, int iterations, Stop stopped, double smallestCurvature)
            implements SolverReport {
        /** {@return whether the step's length is the radius} */
        public boolean atBoundary() {
            return stopped == Stop.BOUNDARY || stopped == Stop.NONPOSITIVE_CURVATURE;
        }

        @Override
        public String detail() {
            return "conjugate gradients: " + stopped;
        }
    }

    /**
     * Minimises the model.
     *
     * @param a the matrix
     * @param gradient g; not changed
     * @param radius of the ball, positive
     * @param tolerance the norm of A p + g at which to stop
     * @return the step; zero if the gradient is below the tolerance
     * @throws IllegalArgumentException if the matrix is not declared symmetric or sizes differ
     */
    public Result solve(LinearOperator a, INDArray gradient, double radius, double tolerance) {
        require(a, gradient);
        Check.positive("the radius", radius);
        return lifetime.during(() -> solveOpen(a, gradient, radius, tolerance));
    }

    private Result solveOpen(LinearOperator a, INDArray gradient, double radius, double tolerance) {
        double norm = Vectors.norm(gradient);
        double gradientUnit = PowerOfTwo.unitOf(norm, DType.of(gradient));
        double stepUnit = PowerOfTwo.unitOf(radius);
        if (gradientUnit == 1 && stepUnit == 1) {
            begin(gradient, 1);
            return run(a, radius, tolerance, 1);
        }
        // In units of their own, the gradient is about 1 and the step within a ball of about 1.
        begin(gradient, gradientUnit);
        Result found = run(a, radius / stepUnit, tolerance / gradientUnit, stepUnit / gradientUnit);
        Vectors.scale(stepUnit, step);
        return found;
    }

    /** Solves with the matrix times a factor. */
    private Result run(LinearOperator a, double radius, double tolerance, double factor) {
        double square = Vectors.dot(residual, residual);
        double smallest = Double.POSITIVE_INFINITY;
        int i = 0;
        while (Math.sqrt(square) >= tolerance && square > 0) {
            if (i == maxIterations) {
                return new Result(step, i, Stop.MAX_ITERATIONS, smallest);
            }
            a.apply(direction, product);
            if (factor != 1) {
                Vectors.scale(factor, product);
            }
            i++;
            double curvature = Vectors.dot(direction, product);
            if (!Double.isFinite(curvature)) {
                return new Result(step, i, Stop.NON_FINITE, smallest);
            }
            double[] crossings = crossings(radius);
            smallest = Math.min(smallest, curvature / Vectors.dot(direction, direction) / factor);
            if (curvature <= 0) {
                // Along the direction the model changes by -t r'r + t^2 d'Ad / 2.
                double back = change(crossings[0], square, curvature);
                double forth = change(crossings[1], square, curvature);
                Vectors.axpy(crossings[back < forth ? 0 : 1], direction, step);
                return new Result(step, i, Stop.NONPOSITIVE_CURVATURE, smallest);
            }
            double rate = square / curvature;
            if (rate >= crossings[1]) {
                Vectors.axpy(crossings[1], direction, step);
                return new Result(step, i, Stop.BOUNDARY, smallest);
            }
            Vectors.axpy(rate, direction, step);
            Vectors.axpy(rate, product, residual);
            double before = square;
            square = Vectors.dot(residual, residual);
            Vectors.scale(square / before, direction);
            Vectors.axpy(-1, residual, direction);
        }
        return new Result(step, i, Stop.TOLERANCE, smallest);
    }

    static void require(LinearOperator a, INDArray gradient) {
        if (!a.properties().contains(Property.SYMMETRIC)) {
            throw new IllegalArgumentException("conjugate gradients need the matrix to be SYMMETRIC, but " + a
                    + " is declared " + a.properties() + "; declare the property if it holds");
        }
        if (a.size() != gradient.length()) {
            throw new IllegalArgumentException("the gradient has " + gradient.length() + " elements, but the matrix "
                    + a + " is of size " + a.size());
        }
    }

    /** p = 0, r = g / unit, d = -r. */
    private void begin(INDArray gradient, double unit) {
        prepare(gradient);
        Vectors.fill(step, 0);
        Vectors.copy(gradient, residual);
        if (unit != 1) {
            Vectors.scale(1 / unit, residual);
        }
        Vectors.copy(residual, direction);
        Vectors.scale(-1, direction);
    }

    private static double change(double t, double square, double curvature) {
        return -t * square + t * t * curvature / 2;
    }

    /** The two t at which ||step + t direction|| is the radius, the negative one first, without cancellation. */
    private double[] crossings(double radius) {
        double a = Vectors.dot(direction, direction);
        double b = 2 * Vectors.dot(step, direction);
        double c = Vectors.dot(step, step) - radius * radius;
        double root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
        double sum = b + Math.copySign(root, b);
        double first = -sum / (2 * a);
        double second = -2 * c / sum;
        return new double[] {Math.min(first, second), Math.max(first, second)};
    }

    private void prepare(INDArray like) {
        if (step == null || step.length() != like.length() || step.dataType() != like.dataType()) {
            release();
            arena = new Arena("the solver");
            DType dtype = DType.of(like);
            Shape shape = Shape.of(like.length());
            step = arena.allocate(dtype, shape);
            residual = arena.allocate(dtype, shape);
            direction = arena.allocate(dtype, shape);
            product = arena.allocate(dtype, shape);
        }
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        arena.close();
        step = null;
    }
}
