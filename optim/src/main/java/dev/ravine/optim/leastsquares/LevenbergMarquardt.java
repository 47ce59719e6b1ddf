package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.ReductionRatio;
import dev.ravine.optim.secondorder.StepValues;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Levenberg-Marquardt method for sums of squares (Marquardt, Journal of the SIAM 11, 1963): minimises ||J p + r||^2
 * / 2 + mu / 2 ||D p||^2, where r are the residuals, J their Jacobian, and D the norms of J's columns, each the largest
 * met so far (Moré, Lecture Notes in Mathematics 630, 1978), so that steps do not depend on the parameters' units.
 * Conjugate gradients do not see columns; with them one norm ||J g|| / ||g|| stands for all.
 *
 * <p>Damping follows from the reduction ratio rho of actual over predicted change (Nielsen, report IMM-REP-1999-05 of
 * the Technical University of Denmark): a step is taken if rho is above 0.0001, then mu is multiplied by max(1/3, 1 -
 * (2 rho - 1)^3); else mu is multiplied by 2, then 4, 8, ..., and the same linear problem is solved again, up to 30
 * times a step. The first mu is 0.001.
 *
 * <p>Near a minimum with small residuals convergence is quadratic; with large residuals of strong curvature it is
 * linear, and {@link dev.ravine.optim.newton.ExactNewton} or {@link dev.ravine.optim.newton.TrustRegionNewton} are
 * better. A step costs a gradient, a Jacobian of n tangents (or n products, or one for each iteration of conjugate
 * gradients), a value for each damping that is tried, and m n^2 or n^3 / 3 operations; memory is 3 m n + n^2 numbers
 * for QR, and 4 n^2 for normal equations with 2 m n more where the objective writes out J. The solver is
 * {@link LeastSquaresSolver#QR} unless chosen otherwise.
 */
public final class LevenbergMarquardt extends LeastSquaresMethod {
    private static final double ACCEPTED_ABOVE = 1e-4;
    private static final int MAX_TRIES = 30;

    private final boolean isScaled;
    private final double firstDamping;
    private double damping;
    private double raise = 2;
    private double[] scales;

    private LevenbergMarquardt(Builder builder) {
        super(builder);
        this.isScaled = builder.isScaled;
        this.firstDamping = builder.damping;
        this.damping = builder.damping;
    }

    /**
     * Begins with QR, Marquardt's scaling, damping 0.001, and at most 4,096 parameters where a matrix is written out.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    Attempt solve(Point at, double[] norms) {
        raiseScales(norms);
        double[] positive = positive(scales);
        for (int tries = 1; ; tries++) {
            DampedLeastSquares.Solution solution = solve(damping, positive);
            ReductionRatio gain = ReductionRatio.of(solution.predicted(), StepValues.around(at, trial()), step());
            boolean accepted = gain.value() > ACCEPTED_ABOVE;
            damping = solution.damping();
            if (accepted) {
                damping *= Math.max(1.0 / 3, 1 - Math.pow(2 * gain.value() - 1, 3));
                raise = 2;
            } else {
                damping = Math.min(Math.max(damping, Double.MIN_NORMAL) * raise, Double.MAX_VALUE);
                raise = Math.min(2 * raise, 1e100);
            }
            if (accepted || !(solution.predicted() < 0) || tries == MAX_TRIES) {
                return Attempt.at(at, solution)
                        .damping(solution.damping())
                        .tell("dampings_tried", tries)
                        .judged(step(), gain, accepted);
            }
        }
    }

    private void raiseScales(double[] norms) {
        if (scales == null) {
            scales = new double[norms.length];
        }
        for (int i = 0; i < norms.length; i++) {
            scales[i] = isScaled ? Math.max(scales[i], norms[i]) : 1;
        }
    }

    /** {@return mu, the damping that the next step will begin with} */
    @Override
    public double damping() {
        return damping;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = super.ownSettings();
        own.putAll(Map.of("scaled", isScaled, "first_damping", firstDamping));
        return own;
    }

    @Override
    public String name() {
        return "lm(mu=" + firstDamping + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        return Map.of("damping", damping, "raise", raise);
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        return scales == null ? Map.of() : Map.of("scales", Arena.of(DType.FLOAT64, Shape.of(scales.length), scales));
    }

    @Override
    protected void restoreState(OptimizerState state) {
        double restored = state.size("damping");
        raise = state.size("raise");
        scales = state.vectors().containsKey("scales") ? Arena.toDoubles(state.vector("scales")) : null;
        damping = restored;
    }

    /** Settings of {@link LevenbergMarquardt}. */
    public static final class Builder extends LeastSquaresSettings<Builder> {
        private boolean isScaled = true;
        private double damping = 1e-3;

        private Builder() {}

        /**
         * Whether damping is scaled by the norms of the Jacobian's columns (Marquardt) or the same for all parameters
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
         * The first damping, relative to J'J if scaled.
         *
         * @param mu positive: 0.001 without it; less if the start is known to be good, up to 1 if it is poor
         * @return this
         */
        public Builder damping(double mu) {
            this.damping = Check.positive("damping", mu);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public LevenbergMarquardt build() {
            return new LevenbergMarquardt(this);
        }
    }
}
