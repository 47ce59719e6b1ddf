package dev.ravine.optim.newton;

import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.MoreSorensen;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Acceptance;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.StepProposal;
import dev.ravine.optim.secondorder.StepValues;
import dev.ravine.optim.secondorder.TrustRadius;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Newton's method with the whole Hessian H: p = -H^-1 g, where H is written out by one product for each parameter and
 * factorized by LAPACK in double precision, whatever the objective's dtype. Near a minimum with a regular Hessian the
 * error is squared at each step. {@link Indefinite} says what replaces an H that is not positive definite.
 *
 * <p>Constants: the trust region has those of {@link TrustRegionNewton}, but a radius of up to 1e9, or the norm of
 * theta where that is longer. A rejected step is tried again within a smaller radius before the Hessian is computed
 * anew, up to 20 times. So is the very first step if it ends on the boundary with a ratio below 0.8, since the first
 * radius is a guess, and a long step can lead to another valley. The line search of the other two takes the first rate
 * of 1, 1/2, 1/4, ... with f(theta + rate p) at most f + 0.0001 rate g'p (Nocedal and Wright, Numerical Optimization,
 * chapter 3). If there is none, the same matrix is tried again with a shift that grows by 100, up to 10 times: steps
 * become shorter and turn towards steepest descent.
 *
 * <p>A step costs a gradient, n products (about 2 n gradients) and n^3 / 3 to 9 n^3 further operations; memory is 16
 * n^2 bytes, and as much again as n rows of Java arrays when eigenvectors are needed. Made for up to a few thousand
 * parameters and accurate minima of deterministic functions; beyond, see {@link TrustRegionNewton} and
 * {@link HessianFree}.
 */
public final class ExactNewton extends RadiusOptimizer {
    /** The treatment of a Hessian that is not positive definite. */
    public enum Indefinite {
        /**
         * Levenberg's shift: H + tau I with the first tau of 0, beta - min(diagonal), then doubled, ... for which
         * Cholesky's method succeeds, beta = 0.001 max |diagonal| (Nocedal and Wright, algorithm 3.3); then a line
         * search. Beta becomes a quarter after a full shifted step with a ratio above 3/4, and four times as large, up
         * to its first value, after a shorter one: parameters of small units need small shifts. Cheapest where H is
         * positive definite.
         */
        SHIFT,
        /**
         * |H|, which has the eigenvectors of H and the absolute values of its eigenvalues (saddle-free Newton: Dauphin
         * et al., NeurIPS 2014); then a line search. Values below n times the machine's precision of the largest are
         * raised to that. Moves away from saddles as fast as along valleys, but needs all eigenvectors at every step.
         */
        ABSOLUTE_EIGENVALUES,
        /**
         * The exact minimiser of the model within a trust region, by {@link MoreSorensen}. It can leave even a saddle
         * point itself, where the gradient is zero.
         */
        TRUST_REGION
    }

    private static final int MAX_TRIES = 20;
    private static final int MAX_SHIFTS = 10;
    private static final double GOOD_FIRST_RATIO = 0.8;
    private static final double FIRST_SHIFT_PART = 1e-3;
    private static final String SHIFT_PART = "shift_part";

    private final Indefinite indefinite;
    private final int limit;
    private final Acceptance lineSearch = Acceptance.lineSearch(0.5, 1e-4, 60);
    private double shiftPart = FIRST_SHIFT_PART;
    private DenseMatrix hessian;
    private INDArray step;
    private INDArray trial;

    private ExactNewton(Builder builder) {
        super(builder);
        this.indefinite = builder.indefinite;
        this.limit = builder.limit;
    }

    /**
     * Begins with the true Hessian, a trust region of radius 1 and at most 1e9, and at most 4,096 parameters.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** A step in double precision, and how it came about. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Solution(double[] step, double damping, int iterations, double smallestCurvature, Stop stopped)
            implements SolverReport {}

    @Override
    protected Attempt attempt(Point at) {
        writeOut(at.objective(), at.theta(), at.scope());
        if (!hessian.isFinite()) {
            return Attempt.notFinite(at, Double.NaN, "Hessian");
        }
        double[] g = Arena.toDoubles(at.gradient());
        decoupleUnused(g);
        return indefinite == Indefinite.TRUST_REGION ? withinRadius(at, g) : alongLine(at, g);
    }

    /**
     * A parameter that the objective does not depend on, because it is frozen or behind a dead unit, would make the
     * Hessian singular. A curvature of its own keeps its step at zero and leaves the others' steps as they are.
     */
    private void decoupleUnused(double[] g) {
        double largest = largestOnDiagonal();
        for (int i = 0; i < g.length; i++) {
            if (g[i] == 0 && hessian.get(i, i) == 0 && hessian.isZeroRow(i)) {
                hessian.set(i, i, largest == 0 ? 1 : largest);
            }
        }
    }

    /** A rejected step is tried again within a smaller radius, as long as the same Hessian promises a decrease. */
    private Attempt withinRadius(Point at, double[] g) {
        begin(at);
        for (int tries = 1; ; tries++) {
            double usedRadius = radius;
            MoreSorensen.Result found = MoreSorensen.solve(hessian, g, usedRadius);
            write(at, found.step());
            double predicted = hessian.modelChange(g, found.step());
            TrustRadius.Verdict verdict =
                    regionAt(at).judge(usedRadius, found.atBoundary(), predicted, StepValues.around(at, trial), step);
            follow(verdict, at);
            boolean isGoodGuess =
                    at.step() > 0 || !found.atBoundary() || verdict.gain().value() >= GOOD_FIRST_RATIO;
            boolean isLast = verdict.isHopeless() || !(predicted < 0) || tries == MAX_TRIES;
            if (isLast || (verdict.accepted() && isGoodGuess)) {
                return Attempt.at(at, found)
                        .damping(found.multiplier())
                        .tell("asymmetry", hessian.asymmetry())
                        .tell("radius", usedRadius)
                        .tell("radii_tried", tries)
                        .note(verdict.note())
                        .judged(step, verdict.gain(), verdict.accepted());
            }
            radius = Math.min(radius, usedRadius / 2);
        }
    }

    private Attempt alongLine(Point at, double[] g) {
        Solution solution = null;
        Acceptance.Outcome outcome = null;
        int tries = 0;
        do {
            double least = tries == 0 ? 0 : Math.max(100 * solution.damping, smallShift());
            solution = indefinite == Indefinite.SHIFT ? shifted(g, least) : absolute(g, least);
            write(at, solution.step);
            outcome = lineSearch.choose(StepProposal.of(step), StepValues.around(at, trial));
            tries++;
        } while (!outcome.accepted() && at.gradientNorm() > 0 && tries <= MAX_SHIFTS);
        Attempt attempt = Attempt.at(at, solution)
                .damping(solution.damping)
                .model(
                        DenseMatrix.dot(g, solution.step),
                        DenseMatrix.dot(solution.step, hessian.product(solution.step)))
                .tell("asymmetry", hessian.asymmetry())
                .tell("rate", outcome.rate())
                .tell("shifts_tried", tries)
                .along(outcome);
        moveShift(solution, outcome, attempt);
        return attempt;
    }

    /** Rounding of eigenvectors would move what is frozen. */
    private void write(Point at, double[] found) {
        Elements.of(step).write(0, found.length, found);
        Span.clearOutside(at.objective().trainable(), step);
    }

    private void writeOut(Objective objective, INDArray theta, Scope scope) {
        if (hessian == null) {
            requireSize(objective.size());
            hessian = new DenseMatrix((int) objective.size());
            step = newVector(theta);
            trial = newVector(theta);
        }
        try (Linearization linearization = objective.linearize(theta, scope)) {
            hessian.assign(LinearOperator.of(linearization, curvature), objective.dtype());
        }
        hessian.addToDiagonal(objective.l2());
    }

    private void requireSize(long n) {
        if (n > limit) {
            throw new IllegalArgumentException("exact Newton of n = " + n + " parameters would write out a matrix of "
                    + n + " x " + n + " doubles and its factor, " + 16 * n * n / 1_000_000 + " MB; the limit is n = "
                    + limit
                    + ": raise it with limit(n), or use TrustRegionNewton or HessianFree, which need products only");
        }
    }

    /** The shift with which to begin where none is known to be needed. */
    private double smallShift() {
        double largest = largestOnDiagonal();
        return largest == 0 ? 1 : shiftPart * largest;
    }

    /** Small shifts where they were good. */
    private void moveShift(Solution solution, Acceptance.Outcome outcome, Attempt attempt) {
        if (indefinite != Indefinite.SHIFT || solution.damping == 0 || !outcome.accepted()) {
            return;
        }
        if (outcome.rate() < 1) {
            shiftPart = Math.min(4 * shiftPart, FIRST_SHIFT_PART);
        } else if (!(attempt.model().ratio() <= 0.75)) {
            shiftPart = Math.max(shiftPart / 4, Math.ulp(1.0));
        }
    }

    private double largestOnDiagonal() {
        double largest = 0;
        for (int i = 0; i < hessian.size(); i++) {
            largest = Math.max(largest, Math.abs(hessian.get(i, i)));
        }
        return largest;
    }

    private Solution shifted(double[] g, double least) {
        double smallest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < g.length; i++) {
            smallest = Math.min(smallest, hessian.get(i, i));
        }
        double beta = smallShift();
        double shift = Math.max(least, smallest > 0 ? 0 : beta - smallest);
        int factorizations = 1;
        while (!hessian.factorize(shift)) {
            shift = Math.max(2 * shift, beta);
            factorizations++;
        }
        double[] p = Arrays.stream(hessian.solve(g)).map(v -> -v).toArray();
        double met = hessian.curvatureAlong(p) + shift;
        return new Solution(p, shift, factorizations, met, shift == 0 ? Stop.POSITIVE_DEFINITE : Stop.SHIFTED);
    }

    private Solution absolute(double[] g, double least) {
        DenseMatrix.Eigen eigen = hessian.eigen();
        double[] values = eigen.values();
        double largest = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1]));
        double floor = largest == 0 ? 1 : values.length * Math.ulp(1.0) * largest;
        double[] c = eigen.coordinates(g);
        for (int i = 0; i < c.length; i++) {
            c[i] = -c[i] / (Math.max(Math.abs(values[i]), floor) + least);
        }
        Stop stopped = values[0] > 0 ? Stop.POSITIVE_DEFINITE : Stop.ABSOLUTE_EIGENVALUES;
        return new Solution(eigen.combine(c), least, 1, values[0], stopped);
    }

    @Override
    public boolean canLeave(Objective objective, INDArray theta) {
        requireOpen();
        if (indefinite != Indefinite.TRUST_REGION) {
            return false;
        }
        writeOut(objective, theta, Scope.all());
        if (!hessian.isFinite()) {
            return false;
        }
        double[] values = hessian.eigen().values();
        double largest = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1]));
        return values[0] < -rounding(objective.dtype()) * values.length * largest;
    }

    private static double rounding(DType dtype) {
        return dtype == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
    }

    @Override
    protected Map<String, Object> ownSettings() {
        Map<String, Object> own = super.ownSettings();
        own.put("indefinite", indefinite);
        return own;
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>(super.stateNumbers());
        numbers.put(SHIFT_PART, shiftPart);
        return numbers;
    }

    /** States from before there was a part of the shift have the first one. */
    @Override
    protected void restoreState(OptimizerState state) {
        super.restoreState(state);
        shiftPart = state.numbers().containsKey(SHIFT_PART) ? state.size(SHIFT_PART) : FIRST_SHIFT_PART;
    }

    @Override
    public String name() {
        return "newton(" + indefinite.name().toLowerCase(Locale.ROOT) + ")";
    }

    @Override
    public void close() {
        if (hessian != null) {
            hessian.close();
        }
        super.close();
    }

    /** Settings of {@link ExactNewton}. */
    public static final class Builder extends RadiusSettings<Builder> {
        private Indefinite indefinite = Indefinite.TRUST_REGION;
        private int limit = 4096;

        private Builder() {
            super(new TrustRadius(1, 1e9));
        }

        /**
         * The treatment of a matrix that is not positive definite.
         *
         * @param treatment a trust region without it
         * @return this
         */
        public Builder indefinite(Indefinite treatment) {
            this.indefinite = Objects.requireNonNull(treatment, "treatment");
            return this;
        }

        /**
         * The largest number of parameters; memory grows with its square, time with its cube.
         *
         * @param n from 1 to 16,383, where arrays end; 4,096 without it
         * @return this
         */
        public Builder limit(int n) {
            this.limit = Check.order(n);
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public ExactNewton build() {
            return new ExactNewton(this);
        }
    }
}
