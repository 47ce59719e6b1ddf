package dev.ravine.optim.newton;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Check;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.SteihaugConjugateGradient;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.StepValues;
import dev.ravine.optim.secondorder.TrustRadius;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Truncated Newton with a trust region: each step minimises the quadratic model inside a ball by
 * {@link SteihaugConjugateGradient}, to a residual of min(1/2, sqrt ||g||) ||g||, which makes convergence superlinear
 * (Nocedal and Wright, Numerical Optimization, algorithms 4.1 and 7.2). The step is taken if the ratio of actual over
 * predicted change is above 0.15; the radius, 1 at first and at most 1000, becomes a quarter if the ratio is below 1/4,
 * and twice as large if it is above 3/4 and the step reached the boundary. These are the constants of SciPy's
 * {@code trust-ncg}, which this optimizer agrees with step by step.
 *
 * <p>A step costs a gradient, a value, and one product for each iteration of conjugate gradients, over all examples;
 * memory is six vectors besides the linearization. Made for deterministic functions of which an accurate minimum is
 * wanted; for large data sets see {@link HessianFree}, which takes curvature from a part of them. Where the gradient is
 * exactly zero it cannot leave, be it a saddle.
 */
public final class TrustRegionNewton extends SecondOrder {
    private final Curvature curvature;
    private final TrustRadius region;
    private final SteihaugConjugateGradient solver;
    private double radius;
    private INDArray trial;

    private TrustRegionNewton(Builder builder) {
        this.curvature = builder.curvature;
        this.region = new TrustRadius(builder.radius, builder.maxRadius);
        this.radius = builder.radius;
        this.solver = new SteihaugConjugateGradient(builder.maxIterations);
    }

    /**
     * Begins with the true Hessian, radius 1, at most 1000, and at most 1000 iterations of conjugate gradients.
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
        Objective objective = at.objective();
        double usedRadius = radius;
        SteihaugConjugateGradient.Result result;
        double predicted;
        try (Linearization linearization = objective.linearize(at.theta(), at.scope())) {
            QuadraticModel model =
                    new QuadraticModel(at.gradient(), LinearOperator.of(linearization, curvature), objective.l2(), 0);
            double tolerance = Math.min(0.5, Math.sqrt(at.gradientNorm())) * at.gradientNorm();
            result = solver.solve(model.damped(), at.gradient(), radius, tolerance);
            predicted = model.predictedChange(result.step(), trial);
        }
        StepValues values = StepValues.around(at, trial);
        TrustRadius.Verdict verdict = region.judge(radius, result.atBoundary(), predicted, values, result.step());
        radius = verdict.nextRadius();
        return new Attempt(
                result.step(),
                verdict.accepted() ? 1 : 0,
                verdict.gain().loss(),
                "conjugate gradients: " + result.reason() + "; "
                        + verdict.gain().verdict(verdict.accepted()),
                new ModelReport(
                        Double.NaN,
                        verdict.gain().value(),
                        result.iterations(),
                        result.reason().name(),
                        result.smallestCurvature()),
                Map.of("radius", usedRadius));
    }

    /**
     * The radius that the next step will use.
     *
     * @return positive
     */
    public double radius() {
        return radius;
    }

    @Override
    public String name() {
        return "trust-newton(radius=" + region.first() + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return Map.of("radius", radius);
    }

    @Override
    protected void restoreState(OptimizerState state) {
        radius = state.number("radius");
    }

    @Override
    public void close() {
        solver.close();
        super.close();
    }

    /** Settings of {@link TrustRegionNewton}. */
    public static final class Builder {
        private Curvature curvature = Curvature.HESSIAN;
        private double radius = 1;
        private double maxRadius = 1000;
        private int maxIterations = 1000;

        private Builder() {}

        /**
         * The matrix of the model.
         *
         * @param matrix the true Hessian without it
         * @return this
         */
        public Builder curvature(Curvature matrix) {
            this.curvature = matrix;
            return this;
        }

        /**
         * The trust radius.
         *
         * @param first of the first step, positive
         * @param largest what it never exceeds, positive
         * @return this
         */
        public Builder radius(double first, double largest) {
            this.radius = Check.positive("the radius", first);
            this.maxRadius = Check.positive("the largest radius", largest);
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
        public TrustRegionNewton build() {
            return new TrustRegionNewton(this);
        }
    }
}
