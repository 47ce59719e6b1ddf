package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Bounds;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.ReductionRatio;
import dev.ravine.optim.secondorder.StepValues;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Levenberg-Marquardt method for sums of squares as Moré gave it (Lecture Notes in Mathematics 630, 1978; MINPACK):
 * a step minimises ||J p + r||^2 / 2 over ||D p|| up to a radius, where r are the residuals, J their Jacobian, and D
 * the norms of J's columns, each the largest met so far, so that steps do not depend on the parameters' units. It
 * solves (J'J + mu D^2) p = -J'r. The damping mu follows from the radius, and is zero where the Gauss-Newton step lies
 * inside. Conjugate gradients do not see columns; with them D is 1, and the radius ends their way (Steihaug).
 *
 * <p>A step is taken if the ratio of actual over predicted change is above 0.0001. Up to a ratio of 1/4 the radius
 * shrinks, to between a tenth and a half, as a parabola along the step says; from 3/4 on, and after a Gauss-Newton
 * step, it becomes at least twice the step's length. A rejected step is tried again with the smaller radius, up to 60
 * times, without a new Jacobian. The first radius is ||D theta||, or 1 at zero, and at most the first step's length.
 *
 * <p>With {@link Builder#bounds} a parameter at a bound is held there while the gradient presses it against the bound,
 * and steps are cut off at bounds, parameter by parameter; ratio and radius then judge what is left of a step
 * (projected Levenberg-Marquardt: Kanzow, Yamashita and Fukushima, Journal of Computational and Applied Mathematics
 * 172, 2004).
 *
 * <p>Near a minimum with small residuals convergence is quadratic; with large residuals of strong curvature it is
 * linear, and {@link dev.ravine.optim.newton.ExactNewton} or {@link dev.ravine.optim.newton.TrustRegionNewton} are
 * better. A step costs a gradient, a Jacobian of n tangents (or n products, or one for each iteration of conjugate
 * gradients), a value for each radius that is tried, and 2 m n^2 + 4 n^3 operations for each damping by QR, or n^3 / 3
 * for each of a few dampings by normal equations; memory is 3 m n + 4 n^2 numbers for QR, and 4 n^2 for normal
 * equations with 2 m n more where the objective writes out J.
 */
public final class LevenbergMarquardt extends LeastSquaresMethod {
    private static final double ACCEPTED_ABOVE = 1e-4;
    private static final int MAX_TRIES = 60;

    private final boolean isScaled;
    private final double radiusFactor;
    private final Bounds bounds;
    /** Zero before the first step. */
    private double radius;

    private boolean isFirst = true;
    private boolean canRetry = true;
    private double[] scales;

    private LevenbergMarquardt(Builder builder) {
        super(builder);
        this.isScaled = builder.isScaled;
        this.radiusFactor = builder.radiusFactor;
        this.bounds = builder.bounds;
    }

    /**
     * Begins with a solver that suits the objective, Marquardt's scaling, a first radius of ||D theta||, no bounds,
     * and at most 4,096 parameters where a matrix is written out.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    Attempt solve(Point at, double[] norms) {
        raiseScales(norms);
        double[] weights = Scales.positive(scales);
        if (radius == 0) {
            double length = length(at.theta(), weights);
            radius = radiusFactor * (isVisible(length, at) ? length : 1);
        }
        if (bounds != null) {
            BoundedStep.hold(bounds, at.theta(), at.gradient(), weights);
        }
        for (int tries = 1; ; tries++) {
            double used = radius;
            LinearizedProblem.Solution solution = problem().solve(used, weights, step());
            boolean isCut = bounds != null && BoundedStep.cut(bounds, at.theta(), step());
            if (solution.isFull() && !isCut && problem().isWithinRounding(step())) {
                canRetry = false;
                return nothingLeft(at, solution);
            }
            StepValues values =
                    StepValues.around(at, trial()).rounding(4 * problem().rounding());
            double predicted = isCut ? problem().predictedChange(step()) : solution.predicted();
            ReductionRatio gain = ReductionRatio.of(predicted, values, step());
            boolean accepted = gain.value() > ACCEPTED_ABOVE;
            adaptRadius(gain, values.slope(step()), length(step(), weights), solution.isFull());
            isFirst &= !accepted;
            canRetry = accepted || isCut || (gain.predicted() < 0 && values.moves(step(), 1));
            if (accepted || !canRetry || tries == MAX_TRIES) {
                return Attempt.at(at, solution)
                        .damping(solution.damping())
                        .tell("radius", used)
                        .tell("radii_tried", tries)
                        .judged(step(), gain, accepted);
            }
        }
    }

    /** Whether a step of that length, ||D p||, can change the residuals visibly. */
    private static boolean isVisible(double length, Point at) {
        return length > Math.ulp(1.0) * Math.sqrt(2 * Math.abs(at.loss()));
    }

    private void raiseScales(double[] norms) {
        if (scales == null) {
            scales = new double[norms.length];
        }
        for (int i = 0; i < norms.length; i++) {
            scales[i] = isScaled ? Math.max(scales[i], norms[i]) : 1;
        }
    }

    /** ||D p|| over the parameters that may move. */
    private static double length(INDArray p, double[] weights) {
        double[] scaled = Arena.toDoubles(p);
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = Double.isInfinite(weights[i]) ? 0 : scaled[i] * weights[i];
        }
        return DenseMatrix.norm(scaled);
    }

    /** MINPACK's rule; without a length there is nothing to compare with. */
    private void adaptRadius(ReductionRatio gain, double slope, double length, boolean isFull) {
        double within = isFirst && length > 0 ? Math.min(radius, length) : radius;
        if (!(gain.value() > 0.25)) {
            double change = gain.value() * gain.predicted();
            double minimum = change <= 0 ? 0.5 : 0.5 * slope / (slope - change);
            double factor = Double.isFinite(change) ? Math.min(Math.max(minimum, 0.1), 0.5) : 0.1;
            within = factor * Math.min(within, length > 0 ? 10 * length : within);
        } else if (isFull || gain.value() >= 0.75) {
            within = Math.max(within, 2 * length);
        }
        radius = Math.max(within, Double.MIN_NORMAL);
    }

    /** {@return the radius that the next step will use; 0 before the first step} */
    public double radius() {
        return radius;
    }

    @Override
    public boolean canRetry() {
        return canRetry;
    }

    @Override
    public boolean fitsAnyUnits() {
        return bounds == null;
    }

    @Override
    public void project(INDArray theta, INDArray gradient) {
        if (bounds != null) {
            BoundedStep.project(bounds, theta, gradient);
        }
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = super.ownSettings();
        own.putAll(Map.of("scaled", isScaled, "radius_factor", radiusFactor));
        own.put("bounds", bounds);
        return own;
    }

    @Override
    public String name() {
        return "lm(radius=" + radiusFactor + (bounds == null ? "" : ", bounds") + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return Map.of("radius", radius, "is_first", isFirst ? 1.0 : 0.0);
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        return scales == null ? Map.of() : Map.of("scales", Arena.of(DType.FLOAT64, Shape.of(scales.length), scales));
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restored = state.size("radius");
        isFirst = state.number("is_first") != 0;
        scales = state.vectors().containsKey("scales") ? Arena.toDoubles(state.vector("scales")) : null;
        radius = restored;
    }

    /** Settings of {@link LevenbergMarquardt}. */
    public static final class Builder extends LeastSquaresSettings<Builder> {
        private boolean isScaled = true;
        private double radiusFactor = 1;
        private Bounds bounds;

        private Builder() {}

        /**
         * Whether the ball is scaled by the norms of the Jacobian's columns (Marquardt) or the same for all parameters
         * (Levenberg).
         *
         * @param scaled true without it
         * @return this
         */
        public Builder scaled(boolean scaled) {
            this.isScaled = scaled;
            return this;
        }

        /**
         * The first radius.
         *
         * @param factor positive, relative to ||D theta||: 1 without it, as in SciPy's {@code trf}; MINPACK has 100
         * @return this
         */
        public Builder radius(double factor) {
            this.radiusFactor = Check.positive("the factor of the radius", factor);
            return this;
        }

        /**
         * Bounds of the parameters. The start must be within them, and no point outside is evaluated. Needs
         * {@link LeastSquaresSolver#QR} or {@link LeastSquaresSolver#NORMAL_EQUATIONS}.
         *
         * @param lower one for each parameter; minus infinity for none
         * @param upper one for each parameter, not below the lower one; infinity for none
         * @return this
         * @throws IllegalArgumentException if lengths differ, or a lower bound is above its upper one
         */
        public Builder bounds(double[] lower, double[] upper) {
            this.bounds = new Bounds(lower, upper);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public LevenbergMarquardt build() {
            return new LevenbergMarquardt(this);
        }
    }
}
