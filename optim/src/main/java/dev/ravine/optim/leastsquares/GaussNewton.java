package dev.ravine.optim.leastsquares;

import dev.ravine.core.Check;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gauss and Newton's method for sums of squares: p minimises ||J p + r||, with r the residuals and J their Jacobian, of which
 * QR takes the one with the shortest D p if columns of J depend on one another, D holding the columns' norms, which makes
 * the choice indifferent to the units of parameters; then the first rate of 1, 1/2, 1/4, ... with
 * f(theta + rate p) at most f + 0.0001 rate g'p (Nocedal and Wright, Numerical Optimization, section 10.3).
 *
 * <p>Converges quadratically where residuals vanish, without a setting. From a poor start, or with a nearly singular J, steps
 * can be long and useless: {@link LevenbergMarquardt} is safer and costs the same: a gradient, a Jacobian and the linear
 * solution.
 */
public final class GaussNewton extends SecondOrder {
    private final LeastSquaresSolver kind;
    private final int limit;
    private final Acceptance lineSearch = Acceptance.lineSearch(0.5, 1e-4, 60);
    private DampedLeastSquares problem;
    private INDArray step;
    private INDArray trial;

    private GaussNewton(Builder builder) {
        this.kind = builder.solver;
        this.limit = builder.limit;
    }

    /**
     * Begins with QR and at most 4,096 parameters where a matrix is written out.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected Attempt attempt(Point at) {
        if (problem == null) {
            problem = DampedLeastSquares.of(kind, limit, at.objective());
            step = newVector(at.theta());
            trial = newVector(at.theta());
        }
        double[] norms = problem.moveTo(at);
        try {
            if (!Arrays.stream(norms).allMatch(Double::isFinite)) {
                return new Attempt(
                        step,
                        0,
                        at.loss(),
                        "rejected: the Jacobian is not finite",
                        new ModelReport(0, Double.NaN, 0, "NON_FINITE", Double.NaN),
                        Map.of());
            }
            // Scaling decides which rank rounding lets see, and which of several minimisers is the shortest.
            double[] scales = Arrays.stream(norms).map(s -> s > 0 ? s : 1).toArray();
            DampedLeastSquares.Solution solution = problem.solve(0, scales, step);
            StepValues values = StepValues.around(at, trial);
            Acceptance.Outcome outcome = lineSearch.choose(StepProposal.of(step), values);
            double rate = outcome.rate();
            double slope = values.slope(step);
            double predicted = rate * (slope + rate * (solution.predicted() - slope));
            return new Attempt(
                    step,
                    rate,
                    outcome.value(),
                    solution.stopped() + "; " + outcome.reason(),
                    new ModelReport(
                            solution.damping(),
                            outcome.accepted() ? (outcome.value() - at.loss()) / predicted : Double.NaN,
                            solution.iterations(),
                            solution.stopped(),
                            solution.smallestCurvature()),
                    Map.of("rate", rate));
        } finally {
            problem.leave();
        }
    }

    @Override
    public String name() {
        return "gauss-newton";
    }

    @Override
    public void close() {
        if (problem != null) {
            problem.close();
        }
        super.close();
    }

    /** Settings of {@link GaussNewton}. */
    public static final class Builder {
        private LeastSquaresSolver solver = LeastSquaresSolver.QR;
        private int limit = 4096;

        private Builder() {}

        /**
         * How linear problems are solved.
         *
         * @param method QR without it
         * @return this
         */
        public Builder solver(LeastSquaresSolver method) {
            this.solver = Objects.requireNonNull(method, "method");
            return this;
        }

        /**
         * The largest number of parameters to write a matrix out for.
         *
         * @param n from 1 to 16,383, where arrays end; 4,096 without it
         * @return this
         */
        public Builder limit(int n) {
            this.limit = Check.order(n);
            return this;
        }

        /**
         * Makes the optimizer.
         *
         * @return an optimizer that has not stepped yet
         */
        public GaussNewton build() {
            return new GaussNewton(this);
        }
    }
}
