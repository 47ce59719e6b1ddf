package dev.ravine.optim;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Vectors;
import java.util.LinkedHashMap;
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
public final class TrustRegionNewton implements Optimizer {
    private static final double ACCEPTED_ABOVE = 0.15;

    private final Curvature curvature;
    private final double firstRadius;
    private final double maxRadius;
    private final SteihaugConjugateGradient solver;
    private final Arena arena = new Arena();
    private double radius;
    private long steps;
    private INDArray gradient;
    private INDArray trial;
    private INDArray scratch;

    private TrustRegionNewton(Builder builder) {
        this.curvature = builder.curvature;
        this.firstRadius = builder.radius;
        this.maxRadius = builder.maxRadius;
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
    public StepReport step(Objective objective, INDArray theta) {
        allocate(objective.dtype(), objective.size());
        double costBefore = objective.cost();
        double loss = objective.gradient(theta, Scope.all(), gradient);
        double gradientNorm = Vectors.norm(gradient);
        if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) {
            throw new NonFiniteLossException(name() + " step " + (steps + 1) + ": loss " + loss + ", gradient norm "
                    + gradientNorm + "; "
                    + objective.firstNonFinite(theta, Scope.all()).orElse("all operations are finite one by one")
                    + "; begin at other parameters, or look at the data");
        }
        steps++;
        double usedRadius = radius;
        SteihaugConjugateGradient.Result result;
        double predicted;
        try (Linearization at = objective.linearize(theta, Scope.all())) {
            QuadraticModel model = new QuadraticModel(gradient, LinearOperator.of(at, curvature), objective.l2(), 0);
            double tolerance = Math.min(0.5, Math.sqrt(gradientNorm)) * gradientNorm;
            result = solver.solve(model.damped(), gradient, radius, tolerance);
            predicted = model.predictedChange(result.step(), scratch);
        }
        Vectors.copy(theta, trial);
        Vectors.axpy(1, result.step(), trial);
        double after = predicted < 0 ? objective.value(trial, Scope.all()) : loss;
        double ratio = predicted < 0 ? (after - loss) / predicted : Double.NaN;
        boolean accepted = ratio > ACCEPTED_ABOVE && Double.isFinite(after);
        if (!Double.isFinite(after) || ratio < 0.25 || Double.isNaN(ratio)) {
            radius /= 4;
        } else if (ratio > 0.75 && result.atBoundary()) {
            radius = Math.min(2 * radius, maxRadius);
        }
        double stepNorm = 0;
        if (accepted) {
            stepNorm = Vectors.norm(result.step());
            Vectors.copy(trial, theta);
            objective.moved(theta);
        }
        Map<String, Double> telemetry = new LinkedHashMap<>();
        telemetry.put("radius", usedRadius);
        telemetry.put("ratio", ratio);
        telemetry.put("cg_iterations", (double) result.iterations());
        telemetry.put("smallest_curvature", result.smallestCurvature());
        telemetry.put("loss_after", accepted ? after : loss);
        return new StepReport(
                steps,
                loss,
                gradientNorm,
                stepNorm,
                objective.examples(),
                objective.cost() - costBefore,
                accepted,
                "conjugate gradients: " + result.reason() + "; " + verdict(gradientNorm, predicted, ratio, accepted),
                telemetry);
    }

    private static String verdict(double gradientNorm, double predicted, double ratio, boolean accepted) {
        if (gradientNorm == 0) {
            return "rejected: the gradient is zero";
        }
        if (!(predicted < 0)) {
            return "rejected: the model predicts no decrease, but " + predicted;
        }
        return (accepted ? "accepted" : "rejected") + " at ratio " + ratio;
    }

    private void allocate(DType dtype, long size) {
        if (gradient == null) {
            gradient = arena.allocate(dtype, Shape.of(size));
            trial = arena.allocate(dtype, Shape.of(size));
            scratch = arena.allocate(dtype, Shape.of(size));
        }
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
        return "trust-newton(radius=" + firstRadius + ")";
    }

    @Override
    public OptimizerState state() {
        return new OptimizerState(steps, Map.of("radius", radius), Map.of());
    }

    @Override
    public void restore(OptimizerState state) {
        radius = state.number("radius");
        steps = state.steps();
    }

    @Override
    public void close() {
        solver.close();
        arena.close();
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
