package dev.ravine.optim.linear;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
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
 * precision whatever the dtype. An indefinite A is no error: the run ends with
 * {@link CgResult.Reason#NONPOSITIVE_CURVATURE}, and the caller decides.
 *
 * <p>A solver keeps its work vectors for the next run of the same size.
 */
public final class ConjugateGradient implements LinearSolver {
    private final int maxIterations;
    private final StopRule stopRule;
    private final IntPredicate isStored;
    private final boolean keepsLast;
    private Arena arena = new Arena();
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
     * @param isStored whether to store the iterate after a number of updates
     */
    public ConjugateGradient(int maxIterations, StopRule stopRule, IntPredicate isStored) {
        this(maxIterations, stopRule, isStored, true);
    }

    /**
     * A solver that may leave out the last iterate.
     *
     * @param maxIterations at least 1
     * @param stopRule when to stop before
     * @param isStored whether to store the iterate after a number of updates
     * @param keepsLast whether the last iterate is stored in any case; else it is not if nonpositive curvature ends the run at
     *     an iteration that is due to be stored, and then there may be no stored iterate at all
     */
    public ConjugateGradient(int maxIterations, StopRule stopRule, IntPredicate isStored, boolean keepsLast) {
        this.keepsLast = keepsLast;
        this.maxIterations = Check.atLeastOne("the limit of iterations", maxIterations);
        this.stopRule = stopRule;
        this.isStored = isStored;
    }

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

    @Override
    public CgResult solve(LinearOperator a, INDArray b, INDArray start, LinearOperator preconditioner) {
        return solve(a, b, start, preconditioner, maxIterations);
    }

    /**
     * Solves with a limit of iterations for this run alone.
     *
     * @param a symmetric
     * @param b the right-hand side
     * @param start where to begin
     * @param preconditioner applied to residuals, or null for none
     * @param limit at least 1; if it is above the solver's own, that holds
     * @return the result, whose arrays are the solver's and hold until its next run
     */
    public CgResult solve(LinearOperator a, INDArray b, INDArray start, LinearOperator preconditioner, int limit) {
        require(a, "the matrix", Property.SYMMETRIC);
        if (preconditioner != null) {
            require(preconditioner, "the preconditioner", Property.SYMMETRIC, Property.POSITIVE_SEMIDEFINITE);
        }
        if (a.size() != b.length() || (preconditioner != null && preconditioner.size() != b.length())) {
            throw new IllegalArgumentException("the right-hand side has " + b.length()
                    + " elements, but the matrix is of size " + a.size()
                    + (preconditioner == null ? "" : " and the preconditioner of size " + preconditioner.size()));
        }
        prepare(b);
        int most = Math.min(Check.atLeastOne("the limit of iterations", limit), maxIterations);
        double[] phi = new double[most];
        List<CgResult.Iterate> iterates = new ArrayList<>();
        Vectors.copy(start, x);
        a.apply(x, residual);
        Vectors.axpy(-1, b, residual); // r = A x - b
        double firstResidual = Vectors.norm(residual);
        double norm = firstResidual;
        double rho = precondition(preconditioner);
        Vectors.copy(scaled, direction);
        Vectors.scale(-1, direction); // p = -M r
        CgResult.Reason reason = norm == 0 ? CgResult.Reason.SOLVED : null;
        double smallest = Double.POSITIVE_INFINITY;
        int i = 0;
        while (reason == null) {
            a.apply(direction, product);
            double curvature = Vectors.dot(direction, product);
            if (!Double.isFinite(curvature)) {
                reason = CgResult.Reason.NON_FINITE;
                break;
            }
            smallest = Math.min(smallest, curvature / Vectors.dot(direction, direction));
            if (curvature <= 0) {
                reason = CgResult.Reason.NONPOSITIVE_CURVATURE;
                break;
            }
            double alpha = rho / curvature;
            Vectors.axpy(alpha, direction, x);
            Vectors.axpy(alpha, product, residual);
            double rhoBefore = rho;
            rho = precondition(preconditioner);
            norm = Vectors.norm(residual);
            phi[i] = (Vectors.dot(x, residual) - Vectors.dot(x, b)) / 2;
            i++;
            if (isStored.test(i)) {
                iterates.add(new CgResult.Iterate(i, store(iterates.size())));
            }
            if (norm == 0) {
                reason = CgResult.Reason.SOLVED;
            } else if (stopRule.isDone(i, phi, norm, firstResidual)) {
                reason = CgResult.Reason.STOP_RULE;
            } else if (i == most) {
                reason = CgResult.Reason.MAX_ITERATIONS;
            } else {
                Vectors.scale(rho / rhoBefore, direction);
                Vectors.axpy(-1, scaled, direction); // p = -M r + beta p
            }
        }
        boolean isLeftOut = !keepsLast && reason == CgResult.Reason.NONPOSITIVE_CURVATURE && isStored.test(i + 1);
        if (!isLeftOut
                && (iterates.isEmpty() || iterates.get(iterates.size() - 1).iteration() != i)) {
            iterates.add(new CgResult.Iterate(i, store(iterates.size())));
        }
        List<Double> quadratics = Arrays.stream(phi, 0, i).boxed().toList();
        return new CgResult(x, i, reason, norm, smallest, quadratics, List.copyOf(iterates));
    }

    /** scaled = M residual; returns residual'M residual. */
    private double precondition(LinearOperator preconditioner) {
        if (preconditioner == null) {
            Vectors.copy(residual, scaled);
        } else {
            preconditioner.apply(residual, scaled);
        }
        return Vectors.dot(residual, scaled);
    }

    private INDArray store(int index) {
        if (index == spare.size()) {
            spare.add(vector());
        }
        Vectors.copy(x, spare.get(index));
        return spare.get(index);
    }

    private void prepare(INDArray like) {
        if (x == null || x.length() != like.length() || x.dataType() != like.dataType()) {
            close();
            arena = new Arena();
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

    private static void require(LinearOperator a, String what, Property... needed) {
        for (Property property : needed) {
            if (!a.properties().contains(property)) {
                throw new IllegalArgumentException("conjugate gradients need " + what + " to be " + property
                        + ", it is declared " + a.properties() + "; declare the property if it holds");
            }
        }
    }

    @Override
    public void close() {
        arena.close();
        spare.clear();
        x = null;
    }
}
