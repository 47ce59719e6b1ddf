package dev.ravine.optim.linear;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Lifetime;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The minimiser of m(p) = g'p + p'Ap / 2 over ||p|| up to a radius among the steps of a Krylov space (Gould, Lucidi, Roma
 * and Toint, SIAM Journal on Optimization 9, 1999): Lanczos' method makes an orthonormal basis Q of g, Ag, A^2 g, ... in
 * which A is tridiagonal, and {@link MoreSorensen} solves the small problem. {@link SteihaugConjugateGradient} stops where
 * it meets the boundary; this method goes on along it, which costs more products and a vector for each.
 */
public final class LanczosTrustRegion implements AutoCloseable {
    private static final double BREAKDOWN = 1e-14;

    private final int mostVectors;
    private final Lifetime lifetime = new Lifetime("the solver", this::release);
    private Arena arena = new Arena("the solver");
    private final List<INDArray> basis = new ArrayList<>();
    private INDArray next;
    private INDArray step;

    /**
     * A solver.
     *
     * @param mostVectors the limit of the basis, at least 1
     */
    public LanczosTrustRegion(int mostVectors) {
        this.mostVectors = Check.atLeastOne("the limit of vectors", mostVectors);
    }

    /**
     * Minimises the model.
     *
     * @param a the matrix, symmetric
     * @param gradient g, not zero; not changed
     * @param radius of the ball, positive
     * @param tolerance the norm of (A + multiplier I) p + g at which to stop
     * @return the step, which belongs to the solver and is overwritten by its next run; at the boundary, inside it, where
     *     the basis is full, or the one before a product that is not finite
     * @throws IllegalArgumentException if the matrix is not declared symmetric, sizes differ, the gradient is zero, or the
     *     radius is not positive
     * @throws IllegalStateException if the solver is closed
     */
    public SteihaugConjugateGradient.Result solve(
            LinearOperator a, INDArray gradient, double radius, double tolerance) {
        SteihaugConjugateGradient.require(a, gradient);
        Check.positive("the radius", radius);
        Check.positive("the gradient's norm", Vectors.norm(gradient));
        return lifetime.during(() -> solveOpen(a, gradient, radius, tolerance));
    }

    private SteihaugConjugateGradient.Result solveOpen(
            LinearOperator a, INDArray gradient, double radius, double tolerance) {
        prepare(gradient);
        double norm = Vectors.norm(gradient);
        int most = (int) Math.min(mostVectors, gradient.length());
        double[] diagonal = new double[most];
        double[] beside = new double[most];
        Vectors.copy(gradient, next);
        Vectors.scale(1 / norm, next);
        MoreSorensen.Result small = null;
        for (int k = 0; k < most; k++) {
            Vectors.copy(next, vector(k));
            a.apply(basis.get(k), next);
            diagonal[k] = Vectors.dot(basis.get(k), next);
            if (!Double.isFinite(diagonal[k])) {
                return result(small, k + 1, Stop.NON_FINITE);
            }
            // Twice, so that rounding leaves the basis orthogonal.
            for (int i = 0; i < 2 * (k + 1); i++) {
                INDArray earlier = basis.get(i % (k + 1));
                Vectors.axpy(-Vectors.dot(earlier, next), earlier, next);
            }
            beside[k] = Vectors.norm(next);
            small = solve(diagonal, beside, k + 1, norm, radius);
            boolean isWhole = beside[k] <= BREAKDOWN * Math.abs(diagonal[k]) || k + 1 == gradient.length();
            if (isWhole || beside[k] * Math.abs(small.step()[k]) <= tolerance) {
                return result(small, k + 1, small.atBoundary() ? Stop.BOUNDARY : Stop.TOLERANCE);
            }
            Vectors.scale(1 / beside[k], next);
        }
        return result(small, most, small.atBoundary() ? Stop.BOUNDARY : Stop.MAX_ITERATIONS);
    }

    /** The problem among k vectors of the basis. */
    private static MoreSorensen.Result solve(double[] diagonal, double[] beside, int k, double norm, double radius) {
        try (DenseMatrix matrix = new DenseMatrix(k)) {
            for (int i = 0; i < k; i++) {
                matrix.set(i, i, diagonal[i]);
                if (i > 0) {
                    matrix.set(i, i - 1, beside[i - 1]);
                    matrix.set(i - 1, i, beside[i - 1]);
                }
            }
            double[] g = new double[k];
            g[0] = norm;
            return MoreSorensen.solve(matrix, g, radius);
        }
    }

    private SteihaugConjugateGradient.Result result(MoreSorensen.Result small, int products, Stop stopped) {
        Vectors.fill(step, 0);
        double[] p = small == null ? new double[0] : small.step();
        for (int i = 0; i < p.length; i++) {
            Vectors.axpy(p[i], basis.get(i), step);
        }
        double curvature = small == null ? Double.POSITIVE_INFINITY : small.smallestCurvature();
        return new SteihaugConjugateGradient.Result(step, products, stopped, curvature);
    }

    private INDArray vector(int k) {
        if (k == basis.size()) {
            basis.add(arena.allocate(DType.of(next), Shape.of(next.length())));
        }
        return basis.get(k);
    }

    private void prepare(INDArray like) {
        if (step == null || step.length() != like.length() || step.dataType() != like.dataType()) {
            release();
            arena = new Arena("the solver");
            step = arena.allocate(DType.of(like), Shape.of(like.length()));
            next = arena.allocate(DType.of(like), Shape.of(like.length()));
        }
    }

    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        arena.close();
        basis.clear();
        step = null;
    }
}
