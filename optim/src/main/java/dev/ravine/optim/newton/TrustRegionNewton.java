package dev.ravine.optim.newton;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Check;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.LanczosTrustRegion;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.SteihaugConjugateGradient;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Rounding;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.QuadraticModel;
import dev.ravine.optim.secondorder.StepValues;
import dev.ravine.optim.secondorder.TrustRadius;
import java.util.HashMap;
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
 * <p>After 20 steps in a row to the boundary that did not lead to a larger radius than before, the model is minimised
 * along the boundary as well, by {@link LanczosTrustRegion} with at most 40 vectors, and the radius becomes a quarter at
 * ratios up to 3/4 and grows from 0.9 on, until a step ends inside. Otherwise steps could go to and fro across a valley
 * for ever, as on the sum of sqrt(1 + x^2) where one x is large.
 *
 * <p>A step costs a gradient, a value, and one product for each iteration of conjugate gradients, over all examples;
 * memory is six vectors besides the linearization. Made for accurate minima of deterministic functions; for large data
 * sets see {@link HessianFree}, which takes curvature from a part of them. It cannot leave a point where the gradient
 * is exactly zero, not even a saddle.
 */
public final class TrustRegionNewton extends RadiusOptimizer {
    private static final String CREEPING = "creeping";
    private static final String HIGHEST = "highest_radius";

    /** This many steps may end at the boundary without a larger radius. Later ones search the boundary. */
    private static final int CREEPS = 20;

    private static final int MOST_VECTORS = 40;

    /** The part of the gradient that may be left then. */
    private static final double ON_BOUNDARY = 0.01;

    /** Up to this ratio the radius becomes a quarter then; it does not grow up to the other one. */
    private static final double MIDDLING = 0.75;

    private static final double CLEARLY_GOOD = 0.9;

    private final SteihaugConjugateGradient solver;
    private final LanczosTrustRegion onBoundary = new LanczosTrustRegion(MOST_VECTORS);
    private final int maxIterations;
    private INDArray trial;
    private int creeping;
    private double highest;

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
            boolean isCreeping = creeping >= CREEPS && at.gradientNorm() > 0;
            SteihaugConjugateGradient.Result found = isCreeping
                    ? onBoundary.solve(
                            model.damped(), at.gradient(), radius, Math.min(tolerance, ON_BOUNDARY * at.gradientNorm()))
                    : solver.solve(model.damped(), at.gradient(), radius, tolerance);
            double predicted = model.predictedChange(found.step(), trial);
            TrustRadius.Verdict verdict = regionAt(at)
                    .judge(radius, found.atBoundary(), predicted, StepValues.around(at, trial), found.step());
            follow(verdict, at);
            watch(found.atBoundary(), usedRadius);
            if (isCreeping && verdict.accepted() && found.atBoundary()) {
                radius = calmed(usedRadius, verdict, at);
            }
            return Attempt.at(at, found)
                    .damping(Double.NaN)
                    .tell("radius", usedRadius)
                    .note(isCreeping ? "by Lanczos' method" : "")
                    .note(verdict.note())
                    .judged(found.step(), verdict.gain(), verdict.accepted());
        }
    }

    /**
     * Steps that go to and fro across a valley have middling ratios, at which the usual rule keeps the radius for ever. If
     * rounding hides the step, its ratio says too little for that.
     */
    private static double calmed(double usedRadius, TrustRadius.Verdict verdict, Point at) {
        double ratio = verdict.gain().value();
        double change = Math.abs(verdict.gain().loss() - at.loss());
        if (ratio > CLEARLY_GOOD
                || change <= Rounding.invisible(at.loss(), at.objective().dtype())) {
            return verdict.nextRadius();
        }
        return ratio > MIDDLING ? usedRadius : usedRadius / 4;
    }

    /** Counts steps to the boundary since the radius was last larger than ever, until one ends inside. */
    private void watch(boolean atBoundary, double usedRadius) {
        if (!atBoundary) {
            creeping = 0;
            highest = radius;
        } else if (creeping < CREEPS) {
            boolean isAtLimit = radius >= usedRadius && usedRadius >= region.largest();
            creeping = radius > highest || isAtLimit ? 0 : creeping + 1;
            highest = Math.max(highest, radius);
        }
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>(super.stateNumbers());
        numbers.put(CREEPING, (double) creeping);
        numbers.put(HIGHEST, highest);
        return numbers;
    }

    /** States from before creeping was counted have none. */
    @Override
    protected void restoreState(OptimizerState state) {
        int restored = state.numbers().containsKey(CREEPING) ? state.count(CREEPING, Integer.MAX_VALUE) : 0;
        double restoredHighest = state.numbers().containsKey(HIGHEST) ? state.number(HIGHEST) : 0;
        super.restoreState(state);
        creeping = restored;
        highest = Check.notNegative("the state's 'highest_radius'", restoredHighest);
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
        onBoundary.close();
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
