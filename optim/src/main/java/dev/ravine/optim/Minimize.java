package dev.ravine.optim;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.leastsquares.GaussNewton;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.BlockNewton;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.FunctionObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.ResidualObjective;
import dev.ravine.optim.objective.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Minimises a plain function of a vector, or a sum of squares. {@link HessianFree} and {@link BlockNewton} need the
 * curvature {@link dev.ravine.autodiff.Curvature#HESSIAN} for a plain function; {@link LevenbergMarquardt} and
 * {@link GaussNewton} need {@link #leastSquares}. All other optimizers take both as they are:
 *
 * <pre>{@code
 * Minimize.Result found = Minimize.of(x -> x.square().sum()).from(3, 4).with(TrustRegionNewton.builder().build());
 * }</pre>
 *
 * <p>The search has converged when the norm of the gradient is small enough and the optimizer sees no way to leave a
 * saddle; when a step was within {@link #ftol} or {@link #xtol}; when steps fail, or change the function by less than
 * its rounding, and each element of the gradient is within a multiple of its own noise; or when steps fail and values
 * hide what is left: the function is the same number all the way to the minimum that gradient and Hessian promise, or
 * the fall to it is within the function's rounding. Otherwise a search that gets nowhere has stalled. Limits and
 * non-finite values end it, too. The result says which, and holds the best point.
 *
 * <p>Where the start or its gradient is beyond 1e45 or below 1e-45 (1e16 and 1e-16 in single precision), an optimizer
 * whose settings {@linkplain Optimizer#fitsAnyUnits fit any units} works in units of them, powers of two. Results and reports
 * are in the units of the function, but for the telemetry.
 */
public final class Minimize {
    private final UnaryOperator<Tensor> function;
    private final boolean isLeastSquares;
    private INDArray start;
    private int maxSteps = 1000;
    private double tolerance = Double.NaN;
    private double valueTolerance;
    private double stepTolerance;
    private Duration timeLimit;
    private Callback callback = (x, step) -> true;
    private boolean keepsHistory;

    private Minimize(UnaryOperator<Tensor> function, boolean isLeastSquares) {
        this.function = function;
        this.isLeastSquares = isLeastSquares;
    }

    /** The kinds of end of a search. */
    public enum End {
        /** At a minimum, as far as tolerances ask for it or rounding lets it be seen. */
        CONVERGED,
        /** Steps got nowhere, although nothing shows that this is a minimum. */
        STALLED,
        /** At a limit of steps or time. */
        LIMIT,
        /** The function or its gradient is not finite where the search went. */
        NOT_FINITE,
        /** The callback asked for it. */
        STOPPED
    }

    /**
     * Where the search ended.
     *
     * @param x the last point if the search has converged, else the one with the lowest value that was seen between
     *     steps
     * @param value the function there
     * @param gradientNorm of its gradient, without what bounds forbid; NaN only at {@link End#NOT_FINITE}, infinite
     *     also where the gradient is beyond the range of numbers but not in the units of the search
     * @param steps how many steps were made, rejected ones included
     * @param end what kind of end it was
     * @param reason why it ended
     * @param evaluations what the optimizer asked for; the tests for the end are not counted
     * @param history reports of all steps if {@link #keepHistory} asked for them, else empty
     */
    public record Result(
            INDArray x,
            double value,
            double gradientNorm,
            int steps,
            End end,
            String reason,
            Evaluations evaluations,
            List<StepReport> history) {
        /** {@return whether the gradient or the last step is within its tolerance, or rounding hides what is left to gain} */
        public boolean converged() {
            return end == End.CONVERGED;
        }
    }

    /** Looks on between steps. */
    @FunctionalInterface
    public interface Callback {
        /**
         * Called after each step, rejected ones included.
         *
         * @param x the point after the step; not to be changed, and changed by the next step
         * @param step what the step did
         * @return whether to go on
         */
        boolean goesOn(INDArray x, StepReport step);
    }

    /**
     * Begins with a function.
     *
     * @param function from a tensor of shape [n] to one with one element
     * @return a search without a start
     */
    public static Minimize of(UnaryOperator<Tensor> function) {
        return new Minimize(function, false);
    }

    /**
     * Begins with residuals: half the sum of their squares is minimised.
     *
     * @param residuals from a tensor of shape [n] to one of any shape
     * @return a search without a start, also for {@link LevenbergMarquardt} and {@link GaussNewton} with QR
     */
    public static Minimize leastSquares(UnaryOperator<Tensor> residuals) {
        return new Minimize(residuals, true);
    }

    /**
     * Where to begin, in double precision.
     *
     * @param x0 at least one number
     * @return this
     */
    public Minimize from(double... x0) {
        return from(Arena.of(DType.FLOAT64, Shape.of(x0.length), x0));
    }

    /**
     * Where to begin.
     *
     * @param x0 a floating-point vector, which is not changed and whose dtype all is computed in
     * @return this
     */
    public Minimize from(INDArray x0) {
        if (x0.rank() != 1 || x0.isEmpty() || !DType.of(x0).isFloating()) {
            throw new IllegalArgumentException(
                    "a start must be a vector of FLOAT32 or FLOAT64 with at least one element," + " found "
                            + DType.of(x0) + " " + Shape.of(x0));
        }
        this.start = Arena.copyOf(x0);
        return this;
    }

    /**
     * The limit of steps.
     *
     * @param steps at least 1; 1000 without it
     * @return this
     */
    public Minimize maxSteps(int steps) {
        this.maxSteps = Check.atLeastOne("the limit of steps", steps);
        return this;
    }

    /**
     * The norm of the gradient at which the search ends.
     *
     * @param norm positive. Without it 1e-8, or 1e-8 times the start's gradient where that is within 1e-8 already; for
     *     least squares 0, since their gradient has the scale of the residuals
     * @return this
     */
    public Minimize tolerance(double norm) {
        this.tolerance = Check.positive("the tolerance", norm);
        return this;
    }

    /**
     * The same as {@link #tolerance}, by SciPy's name.
     *
     * @param norm of the gradient, positive
     * @return this
     */
    public Minimize gtol(double norm) {
        return tolerance(norm);
    }

    /**
     * The relative change of the function at which the search ends: a step that was not held back, by a radius or by a
     * poor model, lowers the function by at most this times the larger of its values before and after.
     *
     * @param change not negative; 0 without it, which switches the test off
     * @return this
     */
    public Minimize ftol(double change) {
        this.valueTolerance = Check.notNegative("ftol", change);
        return this;
    }

    /**
     * The relative length of a step at which the search ends: a step that was not held back, by a radius or by a poor
     * model, is at most as long as this times the norm of x.
     *
     * @param length not negative; 0 without it, which switches the test off
     * @return this
     */
    public Minimize xtol(double length) {
        this.stepTolerance = Check.notNegative("xtol", length);
        return this;
    }

    /**
     * The limit of time. The step that is under way when it passes is the last one.
     *
     * @param limit positive; none without it
     * @return this
     */
    public Minimize timeLimit(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("the time limit must be positive, found " + limit);
        }
        this.timeLimit = limit;
        return this;
    }

    /**
     * Somebody who looks on, and may stop the search.
     *
     * @param watcher called after each step
     * @return this
     */
    public Minimize callback(Callback watcher) {
        this.callback = Objects.requireNonNull(watcher, "watcher");
        return this;
    }

    /**
     * Keeps the reports of all steps for {@link Result#history}.
     *
     * @return this
     */
    public Minimize keepHistory() {
        this.keepsHistory = true;
        return this;
    }

    /**
     * Searches.
     *
     * @param optimizer a new one; the caller closes it
     * @return where the search ended
     * @throws IllegalStateException if there is no start
     * @throws NonFiniteLossException if the function or its gradient is not finite at the start; if that happens later,
     *     the result says so
     */
    public Result with(Optimizer optimizer) {
        if (start == null) {
            throw new IllegalStateException("there is no start; give one with from(...)");
        }
        try (Units.Found found = Units.of(optimizer, start, this::objective)) {
            return new Run(found, optimizer).run();
        }
    }

    /** The function in some units. */
    private Objective objective(Units units) {
        UnaryOperator<Tensor> scaled = units.scaled(function, isLeastSquares);
        return isLeastSquares
                ? new ResidualObjective(DType.of(start), start.length(), scaled)
                : new FunctionObjective(DType.of(start), start.length(), scaled);
    }

    /** One search. Points, values and gradients are in the {@link Units} that the optimizer sees. */
    private final class Run {
        private final Units units;
        private final long began = System.nanoTime();
        private final Optimizer optimizer;
        private final Objective objective;
        private final CountingObjective counted;
        private final INDArray x;
        private final INDArray gradient;
        private final INDArray best;
        private final Progress progress;
        private final List<StepReport> history = new ArrayList<>();
        private final double gradientTolerance;
        private double value;
        private double norm;
        private double bestValue = Double.NaN;
        private double bestNorm;
        private int steps;
        private StepReport last;
        private double valueBefore;
        private boolean goesOn = true;

        private Run(Units.Found found, Optimizer optimizer) {
            this.units = found.units();
            this.objective = found.objective();
            this.optimizer = optimizer;
            this.counted = CountingObjective.of(objective);
            this.x = units.scaled(start);
            this.gradient = Arena.create(DType.of(x), Shape.of(x.length()));
            this.best = Arena.create(DType.of(x), Shape.of(x.length()));
            this.progress = new Progress(DType.of(x));
            look();
            this.gradientTolerance = gradientTolerance();
        }

        private double gradientTolerance() {
            return Double.isNaN(tolerance)
                    ? isLeastSquares ? 0 : units.usualTolerance(norm)
                    : units.scaledSlope(tolerance);
        }

        private Result run() {
            if (!isFinite()) {
                throw new NonFiniteLossException(whatIsNotFinite() + " at the start; begin at another point");
            }
            while (true) {
                Result end = end();
                if (end != null) {
                    return end;
                }
                try {
                    last = optimizer.step(counted, x);
                } catch (NonFiniteLossException e) {
                    return end(End.NOT_FINITE, e.getMessage());
                }
                steps++;
                progress.see(last);
                if (keepsHistory) {
                    history.add(units.report(last));
                }
                look();
                goesOn = callback.goesOn(units.point(x), units.report(last));
            }
        }

        /** Value and gradient at the point; it may be the best one. */
        private void look() {
            valueBefore = value;
            value = objective.gradient(x, Scope.all(), gradient);
            optimizer.project(x, gradient);
            norm = Vectors.norm(gradient);
            if (Double.isFinite(value) && !(value >= bestValue)) {
                Vectors.copy(x, best);
                bestValue = value;
                bestNorm = norm;
            }
        }

        private boolean isFinite() {
            return Double.isFinite(value) && Double.isFinite(norm);
        }

        private String whatIsNotFinite() {
            return "the function is " + units.value(value) + " and the gradient's norm " + units.slope(norm)
                    + objective
                            .firstNonFinite(x, Scope.all())
                            .map(where -> ": " + where)
                            .orElse("");
        }

        /** The end, or null to go on. */
        private Result end() {
            if (!isFinite()) {
                return end(End.NOT_FINITE, whatIsNotFinite());
            }
            if (isLeastSquares && value == 0) {
                return end(End.CONVERGED, "the residuals are zero");
            }
            if (norm <= gradientTolerance && !optimizer.canLeave(objective, x)) {
                return end(
                        End.CONVERGED,
                        norm == 0
                                ? "the gradient is zero"
                                : "the gradient's norm is within " + units.slope(gradientTolerance));
            }
            String within = within();
            if (within != null) {
                return end(End.CONVERGED, within);
            }
            Result stuck = stuck();
            if (stuck != null) {
                return stuck;
            }
            if (!goesOn) {
                return end(End.STOPPED, "the callback stopped the search");
            }
            if (timeLimit != null && System.nanoTime() - began >= timeLimit.toNanos()) {
                return end(End.LIMIT, "the time limit of " + timeLimit);
            }
            return steps == maxSteps ? end(End.LIMIT, "the limit of " + maxSteps + " steps") : null;
        }

        /** Which tolerance the last step was within; null if none. */
        private String within() {
            if (last == null
                    || !last.accepted()
                    || last.model().filter(ModelReport::isHeldBack).isPresent()) {
                return null;
            }
            double fall = valueBefore - value;
            if (fall >= 0
                    && fall <= valueTolerance * Math.max(Math.abs(valueBefore), Math.abs(value))
                    && valueTolerance > 0) {
                return "the function fell by at most ftol = " + valueTolerance + " of its value";
            }
            return last.stepNorm() <= stepTolerance * Vectors.norm(x) && stepTolerance > 0
                    ? "the step was at most xtol = " + stepTolerance + " of x"
                    : null;
        }

        /** The end of a search that gets nowhere; null if it may still get somewhere. */
        private Result stuck() {
            Progress.Stop stop = progress.stop(objective, x, value, gradient, optimizer);
            if (stop == null || stop.isMinimum()) {
                return stop == null ? null : end(End.CONVERGED, stop.reason());
            }
            return end(End.STALLED, stop.reason() + " at a gradient of norm " + units.slope(norm));
        }

        private Result end(End kind, String reason) {
            boolean isHere = kind == End.CONVERGED;
            return new Result(
                    units.point(isHere ? x : best),
                    units.value(isHere ? value : bestValue),
                    units.slope(isHere ? norm : bestNorm),
                    steps,
                    kind,
                    reason,
                    counted.evaluations(),
                    List.copyOf(history));
        }
    }

    @Override
    public String toString() {
        return "Minimize[" + (isLeastSquares ? "a sum of squares]" : "a function]");
    }
}
