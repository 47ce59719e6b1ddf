package dev.ravine.optim.linear;

import dev.ravine.core.Check;
import dev.ravine.core.ShapeException;
import java.util.Arrays;

/**
 * The exact minimiser of g'p + p'Ap / 2 over ||p|| up to a radius (Moré and Sorensen, SIAM Journal on Scientific and
 * Statistical Computing 4, 1983): (A + lambda I) p = -g with A + lambda I positive semidefinite, lambda not negative,
 * and lambda zero or p on the boundary. If A is positive definite, Newton's method on 1 / radius - 1 / ||p|| finds the
 * multiplier lambda, with one Cholesky factorization an iteration. It starts at 0, below the solution, and rises
 * without overshooting. Otherwise the matrix is decomposed into eigenvectors. That also solves the hard case, a
 * gradient without a part along the most negative curvature, as at a saddle: the step then follows that curvature to
 * the boundary.
 */
public final class MoreSorensen {
    private static final double TOLERANCE = 1e-8;
    private static final int MAX_FACTORIZATIONS = 60;

    private MoreSorensen() {}

    /**
     * The minimiser.
     *
     * @param step p
     * @param multiplier lambda
     * @param stopped what kind it is: INTERIOR, BOUNDARY or HARD_CASE
     * @param iterations Cholesky factorizations and eigendecompositions
     * @param smallestCurvature the smallest eigenvalue if the matrix was decomposed, else p'Ap / p'p, infinite if p is
     *     zero
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Result(double[] step, double multiplier, Stop stopped, int iterations, double smallestCurvature)
            implements SolverReport {
        /** {@return whether the step's length is the radius} */
        public boolean atBoundary() {
            return stopped != Stop.INTERIOR;
        }
    }

    /**
     * Minimises the model.
     *
     * @param a the matrix, finite
     * @param g the gradient, finite
     * @param radius of the ball, positive
     * @return the step
     * @throws ShapeException if the gradient has another number of elements than the matrix has rows
     * @throws IllegalArgumentException if the radius is not positive, or matrix or gradient are not finite
     */
    public static Result solve(DenseMatrix a, double[] g, double radius) {
        Check.positive("the radius", radius);
        if (g.length != a.size()) {
            throw new ShapeException(
                    "the gradient must have " + a.size() + " elements, as the matrix has rows, found " + g.length);
        }
        if (!a.isFinite() || !Double.isFinite(DenseMatrix.norm(g))) {
            throw new IllegalArgumentException("a model must be finite, found an element of the "
                    + (a.isFinite() ? "gradient" : "matrix") + " that is not; go back to a point where it is");
        }
        int factorizations = 0;
        double lambda = 0;
        while (factorizations < MAX_FACTORIZATIONS) {
            factorizations++;
            if (!a.factorize(lambda)) {
                break;
            }
            double[] p = negated(a.solve(g));
            double norm = DenseMatrix.norm(p);
            if (!Double.isFinite(norm)) {
                break;
            }
            boolean isInside = norm <= radius * (1 + TOLERANCE);
            if (isInside && (lambda == 0 || norm >= radius * (1 - TOLERANCE))) {
                double curvature = a.curvatureAlong(p);
                return new Result(p, lambda, lambda == 0 ? Stop.INTERIOR : Stop.BOUNDARY, factorizations, curvature);
            }
            if (isInside) {
                break;
            }
            double ratio = norm / DenseMatrix.norm(a.solveLower(p));
            double next = lambda + ratio * ratio * (norm - radius) / radius;
            if (!(next > lambda && Double.isFinite(next))) {
                break;
            }
            lambda = next;
        }
        return byEigenvalues(a.eigen(), g, radius, factorizations + 1);
    }

    private static Result byEigenvalues(DenseMatrix.Eigen eigen, double[] g, double radius, int factorizations) {
        // Rounding errors count as zero. Otherwise a direction without slope and curvature could look like descent.
        double[] values = withoutRounding(eigen.values(), Math.max(eigen.values()[g.length - 1], -eigen.values()[0]));
        double[] c = withoutRounding(eigen.coordinates(g), DenseMatrix.norm(g));
        double smallest = values[0];
        double low = Math.max(0, -smallest);
        if (smallest > 0) {
            double[] newton = step(values, c, 0);
            if (DenseMatrix.norm(newton) <= radius) {
                return new Result(eigen.combine(newton), 0, Stop.INTERIOR, factorizations, smallest);
            }
        }
        // The multiplier is low + excess, and ||p|| falls as the excess grows, to at most the radius. The search is for
        // the
        // excess alone, since near a saddle it can be far below the rounding of low.
        double[] shifted = Arrays.stream(values).map(v -> v + low).toArray();
        double high = DenseMatrix.norm(g) / radius;
        double from = 0;
        double[] p = step(shifted, c, high);
        for (int i = 0; i < 200 && high - from > Math.ulp(high); i++) {
            double excess = from + (high - from) / 2;
            double[] trial = step(shifted, c, excess);
            if (DenseMatrix.norm(trial) > radius) {
                from = excess;
            } else {
                high = excess;
                p = trial;
            }
        }
        double norm = DenseMatrix.norm(p);
        if (norm >= radius * (1 - TOLERANCE)) {
            return new Result(eigen.combine(p), low + high, Stop.BOUNDARY, factorizations, smallest);
        }
        if (smallest >= 0) {
            return new Result(eigen.combine(p), 0, Stop.INTERIOR, factorizations, smallest);
        }
        // The remaining length goes along the first eigenvector, on the side to which the gradient descends.
        double rest = Math.sqrt((radius - norm) * (radius + norm) + p[0] * p[0]);
        p[0] = Math.copySign(rest, c[0] == 0 ? 1 : -c[0]);
        return new Result(eigen.combine(p), low, Stop.HARD_CASE, factorizations, smallest);
    }

    private static double[] withoutRounding(double[] x, double scale) {
        double negligible = x.length * Math.ulp(1.0) * scale;
        return Arrays.stream(x).map(v -> Math.abs(v) <= negligible ? 0 : v).toArray();
    }

    /** -c / (values + lambda); an element stays zero where the gradient's is. */
    private static double[] step(double[] values, double[] c, double lambda) {
        double[] p = new double[c.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = c[i] == 0 ? 0 : -c[i] / (values[i] + lambda);
        }
        return p;
    }

    private static double[] negated(double[] x) {
        return Arrays.stream(x).map(v -> -v).toArray();
    }
}
