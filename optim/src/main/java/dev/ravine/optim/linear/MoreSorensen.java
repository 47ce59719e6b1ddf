package dev.ravine.optim.linear;

import dev.ravine.core.Check;
import java.util.Arrays;

/**
 * The exact minimiser of g'p + p'Ap / 2 over ||p|| up to a radius (Moré and Sorensen, SIAM Journal on Scientific and
 * Statistical Computing 4, 1983): (A + lambda I) p = -g with A + lambda I positive semidefinite, lambda not negative, and
 * lambda zero or p on the boundary. Of a positive definite A the multiplier lambda is found by Newton's method on
 * 1 / radius - 1 / ||p||, with a Cholesky factorization for each iteration; it begins at 0, below the solution, from where
 * it ascends without overshooting. Otherwise the matrix is decomposed into eigenvectors, which also solves the hard case: a
 * gradient without a part along the most negative curvature, as at a saddle, where the step goes along it to the boundary.
 */
public final class MoreSorensen {
    private static final double TOLERANCE = 1e-8;
    private static final int MAX_FACTORIZATIONS = 60;

    private MoreSorensen() {}

    /** What kind of a minimiser was found. */
    public enum Kind {
        /** The step of Newton's method, inside of the ball. */
        INTERIOR,
        /** On the boundary, as the gradient and the curvature balance there. */
        BOUNDARY,
        /** On the boundary, with a part along the most negative curvature that the gradient does not tell. */
        HARD_CASE
    }

    /**
     * The minimiser.
     *
     * @param step p
     * @param multiplier lambda
     * @param kind what kind it is
     * @param factorizations Cholesky factorizations, and eigendecompositions
     * @param curvature the smallest eigenvalue if the matrix was decomposed, else p'Ap / p'p, infinite if p is zero
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Result(double[] step, double multiplier, Kind kind, int factorizations, double curvature) {}

    /**
     * Minimises the model.
     *
     * @param a the matrix, finite
     * @param g the gradient, finite
     * @param radius of the ball, positive
     * @return the step
     */
    public static Result solve(DenseMatrix a, double[] g, double radius) {
        Check.positive("the radius", radius);
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
                return new Result(p, lambda, lambda == 0 ? Kind.INTERIOR : Kind.BOUNDARY, factorizations, curvature);
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
        // What is rounding is zero: else a direction without slope and curvature could look like one of descent.
        double[] values = withoutRounding(eigen.values(), Math.max(eigen.values()[g.length - 1], -eigen.values()[0]));
        double[] c = withoutRounding(eigen.coordinates(g), DenseMatrix.norm(g));
        double smallest = values[0];
        double low = Math.max(0, -smallest);
        if (smallest > 0) {
            double[] newton = step(values, c, 0);
            if (DenseMatrix.norm(newton) <= radius) {
                return new Result(eigen.combine(newton), 0, Kind.INTERIOR, factorizations, smallest);
            }
        }
        // The multiplier is low + excess. ||p|| falls with the excess, to at most the radius. Only the excess is
        // sought,
        // since near a saddle it can be far below the rounding of low.
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
            return new Result(eigen.combine(p), low + high, Kind.BOUNDARY, factorizations, smallest);
        }
        if (smallest >= 0) {
            return new Result(eigen.combine(p), 0, Kind.INTERIOR, factorizations, smallest);
        }
        // The remaining length goes along the first eigenvector, on the side to which the gradient descends.
        double rest = Math.sqrt((radius - norm) * (radius + norm) + p[0] * p[0]);
        p[0] = Math.copySign(rest, c[0] == 0 ? 1 : -c[0]);
        return new Result(eigen.combine(p), low, Kind.HARD_CASE, factorizations, smallest);
    }

    private static double[] withoutRounding(double[] x, double scale) {
        double negligible = x.length * Math.ulp(1.0) * scale;
        return Arrays.stream(x).map(v -> Math.abs(v) <= negligible ? 0 : v).toArray();
    }

    /** -c / (values + lambda), where a part that the gradient has not stays zero. */
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
