package dev.ravine.optim.newton;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Check;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.SteihaugConjugateGradient;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.StepValues;
import dev.ravine.optim.secondorder.TrustRadius;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Truncated Newton with a trust region: each step minimises the quadratic model inside a ball by
 * {@link SteihaugConjugateGradient}, to a residual of min(1/2, sqrt ||g||) ||g||, which makes convergence superlinear
 * (Nocedal and Wright, Numerical Optimization, algorithms 4.1 and 7.2). The step is taken if the ratio of actual over
 * predicted change is above 0.15; the radius, 1 at first and at most 1000, or the norm of theta where that is longer, becomes a quarter if the ratio is below 1/4,
 * and twice as large if it is above 3/4 and the step reached the boundary. These are the constants of SciPy's
 * {@code trust-ncg}, which this optimizer agrees with step by step where theta is shorter than 1000. After 20 rejections in a row the
 * radius falls faster: parameters may have any unit. Where theta is beyond 1e15, so that a step of
 * length 1 cannot change it, the first radius is longer (see {@link TrustRadius}).
 *
 * <p>A step costs a gradient, a value, and one product for each iteration of conjugate gradients, over all examples;
 * memory is six vectors besides the linearization. Made for accurate minima of deterministic functions; for large data
 * sets see {@link HessianFree}, which takes curvature from a part of them. It cannot leave a point where the gradient
 * is exactly zero, not even a saddle.
 */
public final class TrustRegionNewton extends RadiusOptimizer {
    private final SteihaugConjugateGradient solver;
    private final int maxIterations;
    private INDArray trial;

    private TrustRegionNewton(Builder builder) {
        super(builder);
        this.maxIterations = builder.maxIterations;
        this.solver = new SteihaugConjugateGradient(maxIterations);
    }

    /**
     * Begins with the true Hessian, radius 1, at most 1000 or the norm of theta, and at most 1000 iterations of conjugate gradients.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected Attempt attempt(Point at) {
        if (trial == null) {
            trial = newVector(at.theta());
        }
        begin(at);
        Objective objective = at.objective();
        double usedRadius = radius;
        try (Linearization linearization = objective.linearize(at.theta(), at.scope())) {
            QuadraticModel model =
                    new QuadraticModel(at.gradient(), LinearOperator.of(linearization, curvature), objective.l2(), 0);
            double tolerance = Math.min(0.5, Math.max(Math.sqrt(at.gradientNorm()), Math.ulp(1.0))) * at.gradientNorm();
            SteihaugConjugateGradient.Result found = solver.solve(model.damped(), at.gradient(), radius, tolerance);
            double predicted = model.predictedChange(found.step(), trial);
            TrustRadius.Verdict verdict = regionAt(at)
                    .judge(radius, found.atBoundary(), predicted, StepValues.around(at, trial), found.step());
            follow(verdict, at);
            return Attempt.at(at, found)
                    .damping(Double.NaN)
                    .tell("radius", usedRadius)
                    .note(verdict.note())
                    .judged(found.step(), verdict.gain(), verdict.accepted());
        }
    }

    /** {@return the radius that the next step will use, positive} */
    public double radius() {
        return radius;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = super.ownSettings();
        own.put("max_iterations", maxIterations);
        return own;
    }

    @Override
    public String name() {
        return "trust-newton(radius=" + region.first() + ")";
    }

    @Override
    public void close() {
        solver.close();
        super.close();
    }

    /** Settings of {@link TrustRegionNewton}. */
    public static final class Builder extends RadiusSettings<Builder> {
        private int maxIterations = 1000;

        private Builder() {
            super(new TrustRadius(1, 1000));
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
        public TrustRegionNewton build() {
            return new TrustRegionNewton(this);
        }
    }
}
