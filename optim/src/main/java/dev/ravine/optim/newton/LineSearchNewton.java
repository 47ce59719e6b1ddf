package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Check;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Truncated Newton with a line search, known as Newton-CG (Nocedal and Wright, Numerical Optimization, algorithm 7.1):
 * conjugate gradients on H d = -g from zero, to a residual of min(1/10, sqrt ||g||) ||g||, which makes convergence
 * superlinear; then a {@link WolfeSearch} along d with c1 = 0.0001 and c2 = 0.9 from rate 1. If conjugate gradients
 * meet a direction p of negative curvature, they end with a step along p of the length that a curvature of |p'Hp|
 * gives. The algorithm of the book leaves that step out unless p is the first direction, and then creeps along curved
 * valleys as steepest descent does. If the search along d fails, another one goes along steepest descent.
 *
 * <p>A step costs a gradient, one product for each iteration, and a gradient for each further rate of the line search,
 * over all examples; memory is eight vectors besides the linearization. For accurate minima of deterministic functions.
 * {@link TrustRegionNewton} makes better use of negative curvature; for large data sets see {@link HessianFree}.
 */
public final class LineSearchNewton extends LineSearchOptimizer {
    private final Curvature curvature;
    private final double largestForcing;
    private final int maxIterations;
    private ConjugateGradient solver;
    private double forcing;

    private LineSearchNewton(Builder builder) {
        super(QUASI_NEWTON);
        this.curvature = builder.curvature;
        this.largestForcing = builder.largestForcing;
        this.maxIterations = builder.maxIterations;
    }

    /**
     * Begins with the true Hessian and at most 1000 iterations of conjugate gradients.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected Attempt attempt(Point at) {
        if (solver == null) {
            StopRule stop = (i, phi, residual, first) -> residual <= forcing * first;
            solver = new ConjugateGradient(maxIterations, stop);
            direction = newVector(at.theta());
        }
        forcing = Math.min(largestForcing, Math.max(Math.sqrt(at.gradientNorm()), Math.ulp(1.0)));
        ConjugateGradient.Result cg;
        try (Linearization linearization = at.objective().linearize(at.theta(), at.scope())) {
            LinearOperator hessian = LinearOperator.of(linearization, curvature)
                    .shifted(at.objective().l2());
            cg = solver.minimise(hessian, at.gradient());
        }
        Attempt.Builder attempt = Attempt.at(at, cg);
        double slope;
        double curvatureAlong;
        if (cg.iterations() > 0) {
            Vectors.copy(cg.x(), direction);
            curvatureAlong = 2 * (cg.lastPhi() - Vectors.dot(at.gradient(), direction)) + addNegative(at, cg);
            slope = Vectors.dot(at.gradient(), direction);
        } else {
            double size = Math.abs(cg.smallestCurvature());
            double norm = descend(at);
            if (norm > 0 && size > 0 && Double.isFinite(size)) {
                Vectors.scale(at.gradientNorm() / norm / size, direction);
            }
            slope = Vectors.dot(at.gradient(), direction);
            curvatureAlong = cg.smallestCurvature() * Vectors.dot(direction, direction);
            attempt.note("steepest descent");
        }
        WolfeSearch.Result found = search.search(at, slope, direction, 1);
        if (found.accepted() || !(at.gradientNorm() > 0)) {
            end(found);
            return attempt.model(slope, curvatureAlong).along(direction, found);
        }
        WolfeSearch.Result steepest = searchSteepestDescent(at);
        end(steepest);
        return attempt.note(found.reason() + ", so steepest descent").along(direction, steepest);
    }

    /** Goes on along p if its curvature p'Hp is negative, to -g'p / |p'Hp|; returns what that adds to the curvature. */
    private double addNegative(Point at, ConjugateGradient.Result cg) {
        INDArray p = cg.direction();
        double curvatureAlong = cg.smallestCurvature() * Vectors.dot(p, p);
        double rate = Vectors.dot(at.gradient(), p) / curvatureAlong;
        if (cg.stopped() != Stop.NONPOSITIVE_CURVATURE || !(rate > 0 && Double.isFinite(rate))) {
            return 0;
        }
        Vectors.axpy(rate, p, direction);
        return rate * rate * curvatureAlong;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of(
                "curvature", curvature,
                "largest_forcing", largestForcing,
                "max_iterations", maxIterations);
    }

    @Override
    public String name() {
        return "newton-cg";
    }

    @Override
    public void close() {
        if (solver != null) {
            solver.close();
        }
        super.close();
    }

    /** Settings of {@link LineSearchNewton}. */
    public static final class Builder {
        private Curvature curvature = Curvature.HESSIAN;
        private double largestForcing = 0.1;
        private int maxIterations = 1000;

        private Builder() {}

        /**
         * The matrix of the model.
         *
         * @param matrix the true Hessian without it
         * @return this
         */
        public Builder curvature(Curvature matrix) {
            this.curvature = Objects.requireNonNull(matrix, "matrix");
            return this;
        }

        /**
         * How accurately the first steps solve for their direction: the residual that conjugate gradients may leave,
         * relative to the gradient. Later steps solve more accurately.
         *
         * @param fraction from above 0 to below 1: 0.1 without it; 1/2 (as SciPy) needs fewer products a step, and more
         *     steps
         * @return this
         */
        public Builder forcing(double fraction) {
            this.largestForcing = Check.positive("the forcing term", Check.fraction("the forcing term", fraction));
            return this;
        }

        /**
         * The limit of conjugate gradients in a step.
         *
         * @param iterations at least 1
         * @return this
         */
        public Builder maxIterations(int iterations) {
            this.maxIterations = Check.atLeastOne("the limit of iterations", iterations);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public LineSearchNewton build() {
            return new LineSearchNewton(this);
        }
    }
}
