package dev.ravine.optim.secondorder;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A line search for the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6):
 * along a direction d with slope s(0) = g'd below 0 it finds a rate with
 *
 * <pre>{@code
 * f(rate) <= f(0) + c1 rate s(0)      and      |s(rate)| <= c2 |s(0)|
 * }</pre>
 *
 * <p>by growing steps and then by cubic interpolation within a bracket, whose ends have value and slope. Where the
 * change of f drowns in rounding, slopes decide instead: {@code s(rate) <= (2 c1 - 1) s(0)} (approximate Wolfe
 * conditions: Hager and Zhang, SIAM Journal on Optimization 16, 2005). Values that are infinite or not a number count
 * as too high.
 *
 * <p>Each rate costs a value and a gradient. The gradient at the chosen rate is kept for the step that begins there.
 */
public final class WolfeSearch implements AutoCloseable {
    private static final double SUFFICIENT_DECREASE = 1e-4;
    private static final int MAX_EVALUATIONS = 40;

    private final double curvatureFraction;
    private final Arena arena = new Arena("the line search");
    private INDArray trial;
    private INDArray gradient;
    private boolean isKept;
    private double keptValue;
    private OptionalLong keptVersion = OptionalLong.empty();

    /**
     * A search with c1 = 0.0001.
     *
     * @param curvatureFraction c2, from 0 to below 1: 0.9 for Newton and quasi-Newton steps, less for a closer search
     */
    public WolfeSearch(double curvatureFraction) {
        this.curvatureFraction = Check.fraction("the curvature fraction", curvatureFraction);
    }

    /**
     * How a search ended.
     *
     * @param rate how far to go along the direction, 0 if rejected
     * @param value the objective there
     * @param evaluations how many rates were tried
     * @param reason which conditions hold, or why none was accepted
     */
    public record Result(double rate, double value, int evaluations, String reason) {
        /** {@return whether to go at all: whether the rate is positive} */
        public boolean accepted() {
            return rate > 0;
        }
    }

    /** The objective at a rate. */
    private record Sample(double rate, double value, double slope) {
        private boolean isFinite() {
            return Double.isFinite(value) && Double.isFinite(slope);
        }
    }

    /** One search: what stays the same in it. */
    private final class Line {
        private final Objective objective;
        private final Scope scope;
        private final INDArray theta;
        private final INDArray direction;
        private final Sample start;
        private final double rounding;
        private int evaluations;
        private double last;

        private Line(Objective objective, Scope scope, INDArray theta, INDArray direction, Sample start) {
            this.objective = objective;
            this.scope = scope;
            this.theta = theta;
            this.direction = direction;
            this.start = start;
            this.rounding = ReductionRatio.rounding(start.value, objective.dtype());
        }

        private Sample at(double rate) {
            evaluations++;
            last = rate;
            Vectors.copy(theta, trial);
            Vectors.axpy(rate, direction, trial);
            double value = objective.gradient(trial, scope, gradient);
            return new Sample(rate, value, Vectors.dot(gradient, direction));
        }

        private boolean isLowEnough(Sample s) {
            if (!s.isFinite()) {
                return false;
            }
            return hasDecreased(s)
                    || (Math.abs(s.value - start.value) <= rounding
                            && s.slope <= (2 * SUFFICIENT_DECREASE - 1) * start.slope);
        }

        private boolean hasDecreased(Sample s) {
            return s.value <= start.value + SUFFICIENT_DECREASE * s.rate * start.slope;
        }

        private boolean isFlatEnough(Sample s) {
            return Math.abs(s.slope) <= -curvatureFraction * start.slope;
        }

        private Result search(double firstRate) {
            Sample before = start;
            Sample now = at(firstRate);
            while (evaluations < MAX_EVALUATIONS) {
                if (!isLowEnough(now) || (before.rate > 0 && now.value >= before.value && !isFlatEnough(now))) {
                    return between(before, now);
                }
                if (isFlatEnough(now)) {
                    return accepted(now, conditions(now));
                }
                if (now.slope >= 0) {
                    return between(now, before);
                }
                double grown = now.rate - before.rate;
                double next = clamp(minimum(before, now), now.rate + 1.1 * grown, now.rate + 4 * grown);
                before = now;
                now = at(next);
            }
            return settle(isLowEnough(now) ? now : before, "still descending after " + MAX_EVALUATIONS + " rates");
        }

        /** The lower end satisfies the decrease; the higher one lies on the side to which it descends. */
        private Result between(Sample lower, Sample higher) {
            Sample low = lower;
            Sample high = higher;
            while (evaluations < MAX_EVALUATIONS) {
                double width = high.rate - low.rate;
                double middle = low.rate + width / 2;
                if (Math.abs(width) <= Math.ulp(Math.max(low.rate, high.rate)) * 4) {
                    break;
                }
                double next;
                if (high.isFinite()) {
                    double margin = Math.abs(width) / 10;
                    double a = Math.min(low.rate, high.rate) + margin;
                    double b = Math.max(low.rate, high.rate) - margin;
                    next = clamp(minimum(low, high), a, b);
                } else {
                    next = low.rate + width / 10;
                }
                Sample s = at(Double.isFinite(next) ? next : middle);
                if (!isLowEnough(s) || s.value >= low.value + (low.rate == 0 ? rounding : 0)) {
                    high = s;
                } else {
                    if (isFlatEnough(s)) {
                        return accepted(s, conditions(s));
                    }
                    if (s.slope * (high.rate - low.rate) >= 0) {
                        high = low;
                    }
                    low = s;
                }
            }
            return settle(low, "the curvature condition was not met");
        }

        private String conditions(Sample s) {
            return hasDecreased(s) ? "strong Wolfe conditions" : "approximate Wolfe conditions";
        }

        private Result accepted(Sample s, String reason) {
            if (last != s.rate) {
                at(s.rate);
            }
            isKept = true;
            keptValue = s.value;
            keptVersion = OptionalLong.of(objective.version());
            return new Result(s.rate, s.value, evaluations, "accepted at rate " + s.rate + ": " + reason);
        }

        private Result settle(Sample s, String shortcoming) {
            if (s.rate > 0 && s.value < start.value) {
                return accepted(s, "sufficient decrease only; " + shortcoming);
            }
            return new Result(0, start.value, evaluations, "rejected: no decrease at " + evaluations + " rates");
        }
    }

    /**
     * Searches from the beginning of a step.
     *
     * @param at where the step begins; its loss must be over the gradient's examples
     * @param slope g'd
     * @param direction d; not changed
     * @param firstRate the first rate to try, positive
     * @return how far to go
     */
    public Result search(Point at, double slope, INDArray direction, double firstRate) {
        return search(at.objective(), at.scope(), at.theta(), at.loss(), slope, direction, firstRate);
    }

    /**
     * Searches.
     *
     * @param objective the function
     * @param scope the examples
     * @param theta the point; not changed
     * @param value f(theta)
     * @param slope g'd
     * @param direction d; not changed
     * @param firstRate the first rate to try, positive
     * @return how far to go
     */
    public Result search(
            Objective objective,
            Scope scope,
            INDArray theta,
            double value,
            double slope,
            INDArray direction,
            double firstRate) {
        Check.positive("the first rate", firstRate);
        isKept = false;
        if (!(slope < 0)) {
            return new Result(0, value, 0, "rejected: not a descent direction, g'd = " + slope);
        }
        allocate(theta);
        return new Line(objective, scope, theta, direction, new Sample(0, value, slope)).search(firstRate);
    }

    /**
     * Value and gradient where the last search ended, at no cost. They are known if the last search accepted a rate,
     * theta equals the point that it accepted, bit for bit, and the objective's {@link Objective#version} is still that
     * of the search. The caller must use the same objective and examples as the search.
     *
     * @param objective of the last search
     * @param theta a point; not changed
     * @param out overwritten with the gradient if it is known, else left alone
     * @return the value, or empty if it must be computed
     */
    public OptionalDouble recall(Objective objective, INDArray theta, INDArray out) {
        boolean isOther = keptVersion.isPresent() && objective.version() != keptVersion.getAsLong();
        if (!isKept || isOther || !Vectors.equal(theta, trial)) {
            return OptionalDouble.empty();
        }
        Vectors.copy(gradient, out);
        return OptionalDouble.of(keptValue);
    }

    /**
     * Value and gradient at a point: recalled if the last search ended there, else computed. An optimizer whose steps
     * end where the search did begins each step with it.
     *
     * @param objective the function
     * @param theta a point; not changed
     * @param scope the examples
     * @param out overwritten with the gradient
     * @return the value
     */
    public double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return recall(objective, theta, out).orElseGet(() -> objective.gradient(theta, scope, out));
    }

    /**
     * Where a search ended, for a saved state.
     *
     * @param value the objective there
     * @param point the search's own vector, not to be changed
     * @param gradient the same
     */
    public record End(double value, INDArray point, INDArray gradient) {}

    /** {@return where the last search ended; empty if it accepted no rate} */
    public Optional<End> end() {
        return isKept ? Optional.of(new End(keptValue, trial, gradient)) : Optional.empty();
    }

    /**
     * Goes on as if the last search had ended there. The objective must be the one of that search.
     *
     * @param end of a search, which is copied; empty for a search that accepted no rate
     */
    public void restore(Optional<End> end) {
        isKept = end.isPresent();
        keptVersion = OptionalLong.empty();
        end.ifPresent(kept -> {
            allocate(kept.point);
            Vectors.copy(kept.point, trial);
            Vectors.copy(kept.gradient, gradient);
            keptValue = kept.value;
        });
    }

    private void allocate(INDArray like) {
        if (trial == null) {
            trial = arena.allocate(DType.of(like), Shape.of(like.length()));
            gradient = arena.allocate(DType.of(like), Shape.of(like.length()));
        }
    }

    /** Where the cubic with the values and slopes of two samples has its minimum; not a number if it has none. */
    private static double minimum(Sample a, Sample b) {
        double width = b.rate - a.rate;
        double theta = a.slope + b.slope - 3 * (b.value - a.value) / width;
        double root = Math.copySign(Math.sqrt(theta * theta - a.slope * b.slope), width);
        return b.rate - width * (b.slope + root - theta) / (b.slope - a.slope + 2 * root);
    }

    /** Not a number becomes the middle. */
    private static double clamp(double x, double low, double high) {
        return Double.isNaN(x) ? low + (high - low) / 2 : Math.min(Math.max(x, low), high);
    }

    @Override
    public void close() {
        arena.close();
    }
}
