package dev.ravine.optim.leastsquares;

import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;

/**
 * The Gauss-Newton method for sums of squares: p minimises ||J p + r||, with r the residuals and J their Jacobian. If J
 * is rank-deficient, QR picks the minimiser with the smallest ||D p||, where D holds the column norms, so the choice
 * does not depend on the parameters' units. A line search takes the first rate of 1, 1/2, 1/4, ... with f(theta + rate
 * p) at most f + 0.0001 rate g'p (Nocedal and Wright, Numerical Optimization, section 10.3).
 *
 * <p>Converges quadratically where residuals vanish, without a setting. From a poor start, or with a nearly singular J,
 * steps can be long and useless: {@link LevenbergMarquardt} is safer and costs the same, a gradient, a Jacobian and the
 * linear solution.
 */
public final class GaussNewton extends LeastSquaresMethod {
    private final Acceptance lineSearch = Acceptance.lineSearch(0.5, 1e-4, 60);

    private GaussNewton(Builder builder) {
        super(builder);
    }

    /**
     * Begins with a solver that suits the objective, and at most 4,096 parameters where a matrix is written out.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    Attempt solve(Point at, double[] norms) {
        // Scaling decides which rank rounding lets see, and which of several minimisers is the shortest.
        LinearizedProblem.Solution solution =
                problem().solve(LinearizedProblem.UNBOUNDED, Scales.positive(norms), step());
        if (problem().isWithinRounding(step())) {
            return nothingLeft(at, solution);
        }
        StepValues values =
                StepValues.around(at, trial()).rounding(4 * problem().rounding());
        Acceptance.Outcome outcome = lineSearch.choose(StepProposal.of(step()), values);
        double slope = values.slope(step());
        return Attempt.at(at, solution)
                .damping(solution.damping())
                .model(slope, 2 * (solution.predicted() - slope))
                .tell("rate", outcome.rate())
                .along(outcome);
    }

    @Override
    public String name() {
        return "gauss-newton";
    }

    /** Settings of {@link GaussNewton}. */
    public static final class Builder extends LeastSquaresSettings<Builder> {
        private Builder() {}

        /** {@return an optimizer that has not stepped yet} */
        public GaussNewton build() {
            return new GaussNewton(this);
        }
    }
}
