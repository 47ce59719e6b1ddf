package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Check;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.linear.CgResult;
import dev.ravine.optim.linear.ConjugateGradient;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.StopRule;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Truncated Newton with a line search, known as Newton-CG (Nocedal and Wright, Numerical Optimization, algorithm 7.1):
 * conjugate gradients on H d = -g from zero, to a residual of min(1/10, sqrt ||g||) ||g||, which makes convergence
 * superlinear; then a {@link WolfeSearch} along d with c1 = 0.0001 and c2 = 0.9 from rate 1. Where a direction p of
 * nonpositive curvature is met, d is the iterate before it, or, if it is the first one, steepest descent as long as a
 * curvature of |p'Hp| makes it.
 *
 * <p>A step costs a gradient, one product for each iteration, and a gradient for each further rate of the line search, over
 * all examples; memory is ten vectors besides the linearization. For deterministic functions of which an accurate minimum is
 * wanted. {@link TrustRegionNewton} makes better use of negative curvature; for large data sets see {@link HessianFree}.
 */
public final class LineSearchNewton extends SecondOrder {
    private final Curvature curvature;
    private final double largestForcing;
    private final int maxIterations;
    private final WolfeSearch search = new WolfeSearch(0.9);
    private ConjugateGradient solver;
    private double forcing;
    private INDArray negated;
    private INDArray zero;
    private INDArray direction;

    private LineSearchNewton(Builder builder) {
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
    protected double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return search.recall(objective, theta, out).orElseGet(() -> objective.gradient(theta, scope, out));
    }

    @Override
    protected Attempt attempt(Point at) {
        if (solver == null) {
            StopRule stop = (i, phi, residual, first) -> residual <= forcing * first;
            solver = new ConjugateGradient(maxIterations, stop);
            negated = newVector(at.theta());
            zero = newVector(at.theta());
            direction = newVector(at.theta());
        }
        Vectors.copy(at.gradient(), negated);
        Vectors.scale(-1, negated);
        forcing = Math.min(largestForcing, Math.sqrt(at.gradientNorm()));
        CgResult cg;
        try (Linearization linearization = at.objective().linearize(at.theta(), at.scope())) {
            LinearOperator hessian = LinearOperator.of(linearization, curvature)
                    .shifted(at.objective().l2());
            cg = solver.solve(hessian, negated, zero, null);
        }
        double curvatureAlong;
        double slope;
        String how = "conjugate gradients: " + cg.reason() + "; ";
        if (cg.iterations() > 0) {
            Vectors.copy(cg.x(), direction);
            slope = Vectors.dot(at.gradient(), direction);
            curvatureAlong = 2 * (cg.phi().get(cg.iterations() - 1) - slope);
        } else {
            Vectors.copy(negated, direction);
            double size = Math.abs(cg.smallestCurvature());
            boolean isScaled = size > 0 && Double.isFinite(size);
            Vectors.scale(isScaled ? 1 / size : 1, direction);
            slope = Vectors.dot(at.gradient(), direction);
            curvatureAlong = cg.smallestCurvature() * Vectors.dot(direction, direction);
            how += "steepest descent; ";
        }
        WolfeSearch.Result found =
                search.search(at.objective(), at.scope(), at.theta(), at.loss(), slope, direction, 1);
        double predicted = found.rate() * (slope + found.rate() * curvatureAlong / 2);
        double ratio = found.accepted() ? (found.value() - at.loss()) / predicted : Double.NaN;
        Map<String, Double> telemetry = new LinkedHashMap<>();
        telemetry.put("rate", found.rate());
        telemetry.put("rates_tried", (double) found.evaluations());
        return new Attempt(
                direction,
                found.rate(),
                found.value(),
                how + found.reason(),
                new ModelReport(0, ratio, cg.iterations(), cg.reason().name(), cg.smallestCurvature()),
                telemetry);
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
        search.close();
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
         * How well the first steps solve for their direction: the residual that conjugate gradients may leave, relative to
         * the gradient. Later steps solve better.
         *
         * @param fraction from above 0 to below 1: 0.1 without it; 1/2 (as SciPy) needs fewer products a step, and more steps
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

        /**
         * Makes the optimizer.
         *
         * @return an optimizer that has not stepped yet
         */
        public LineSearchNewton build() {
            return new LineSearchNewton(this);
        }
    }
}
