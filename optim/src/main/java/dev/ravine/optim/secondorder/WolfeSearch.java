package dev.ravine.optim.secondorder;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.Displacement;
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
 * as too high, and rates that are too short to change theta as no decrease. Where rates keep being too high, the next
 * ones are shorter by 10, 100, 10,000 and so on, and a bracket that spans orders of magnitude is halved in their
 * logarithm, so that a direction of any wrong length is mastered.
 *
 * <p>Each rate costs a value and a gradient. The gradient at the chosen rate is kept for the step that begins there.
 */
public final class WolfeSearch implements AutoCloseable {
    private static final double SUFFICIENT_DECREASE = 1e-4;
    private static final int MAX_EVALUATIONS = 40;

    /** A change of the value by at most this many units in its last place may be rounding; slopes decide then. */
    private static final int INVISIBLE = 4;

    /** A bracket with ends that differ by more than this factor spans orders of magnitude. */
    private static final double WIDE = 100;

    private final double curvatureFraction;
    private final Arena arena = new Arena("the line search");
    private INDArray trial;
    private INDArray gradient;
    private boolean isKept;
    /** Null if it is not known, after a restore. */
    private Objective keptObjective;

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

    /** The objective at a rate; no slope is known where theta does not change. */
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
        private final double largestRate;
        private final double rounding;
        private int evaluations;
        private double last;
        private double still;

        private Line(
                Objective objective,
                Scope scope,
                INDArray theta,
                INDArray direction,
                Sample start,
                double largestRate) {
            this.objective = objective;
            this.scope = scope;
            this.theta = theta;
            this.direction = direction;
            this.start = start;
            this.largestRate = largestRate;
            double epsilon = objective.dtype() == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
            this.rounding = INVISIBLE * epsilon * Math.abs(start.value);
        }

        private Sample at(double rate) {
            evaluations++;
            last = rate;
            Vectors.copy(theta, trial);
            Vectors.axpy(rate, direction, trial);
            if (Vectors.equal(theta, trial)) {
                still = Math.max(still, rate);
                return new Sample(rate, start.value, Double.NaN);
            }
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

        /** Where the lower one does not differ visibly from the start, rounding counts as no difference. */
        private boolean isAbove(Sample s, Sample lower) {
            return s.value >= lower.value + (Math.abs(lower.value - start.value) <= rounding ? rounding : 0);
        }

        private boolean isFlatEnough(Sample s) {
            return Math.abs(s.slope) <= -curvatureFraction * start.slope;
        }

        private Result search(double firstRate) {
            Sample before = start;
            Sample now = at(firstRate);
            while (evaluations < MAX_EVALUATIONS) {
                if (!isLowEnough(now) || (before.rate > 0 && isAbove(now, before) && !isFlatEnough(now))) {
                    return between(before, now);
                }
                if (isFlatEnough(now)) {
                    return accepted(now, conditions(now));
                }
                if (now.slope >= 0) {
                    return between(now, before);
                }
                if (now.rate >= largestRate) {
                    return accepted(now, "sufficient decrease at the largest rate");
                }
                double next = outside(before, now);
                before = now;
                now = at(Math.min(next, largestRate));
            }
            return settle(isLowEnough(now) ? now : before, "still descending after " + MAX_EVALUATIONS + " rates");
        }

        /** The next rate beyond two that are too low; ten times as far where the objective has not changed visibly. */
        private double outside(Sample before, Sample now) {
            double grown = now.rate - before.rate;
            return Math.abs(now.value - start.value) <= rounding
                    ? now.rate + 9 * grown
                    : clamp(minimum(before, now), now.rate + 1.1 * grown, now.rate + 4 * grown);
        }

        /** The lower end satisfies the decrease; the higher one lies on the side to which it descends. */
        private Result between(Sample lower, Sample higher) {
            Sample low = lower;
            Sample high = higher;
            int shortened = 0;
            while (evaluations < MAX_EVALUATIONS) {
                double width = high.rate - low.rate;
                double middle = low.rate + width / 2;
                double farther = Math.max(low.rate, high.rate);
                if (Math.abs(width) <= Math.ulp(farther) * 4 || farther <= 2 * still) {
                    break;
                }
                double next = inside(low, high, shortened);
                Sample s = at(Double.isFinite(next) ? next : middle);
                if (isTooShort(s, low)) {
                    continue;
                }
                if (!isLowEnough(s) || isAbove(s, low)) {
                    high = s;
                    shortened++;
                } else {
                    shortened = 0;
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

        /**
         * Whether a rate between the start and one that was too high was shortened so far that theta did not change.
         */
        private boolean isTooShort(Sample s, Sample low) {
            return low.rate == 0 && s.rate <= still;
        }

        /** The next rate between two, after a number of rates in a row that were too high. */
        private double inside(Sample low, Sample high, int shortened) {
            double a = Math.min(low.rate, high.rate);
            double b = Math.max(low.rate, high.rate);
            double margin = (b - a) / 10;
            boolean isOutward = high.rate > low.rate;
            boolean isFinite = high.isFinite();
            if (isOutward && a < still) {
                return Math.sqrt(still) * Math.sqrt(b);
            }
            if (isOutward && a == 0 && (!isFinite || shortened >= 4)) {
                return margin * Math.pow(0.1, excess(shortened));
            }
            if (isOutward && a > 0 && b > WIDE * a && (!isFinite || shortened >= 1)) {
                return Math.sqrt(a) * Math.sqrt(b);
            }
            if (!isFinite) {
                return isOutward ? a + margin : b - margin;
            }
            return clamp(minimum(low, high), a + margin, b - margin);
        }

        /** 0, 0, 1, 3, 7, ...: powers of ten by which the next rate is shorter than a tenth of the bracket. */
        private double excess(int shortened) {
            return shortened < 2 ? 0 : Math.pow(2, Math.min(shortened, 10) - 1) - 1;
        }

        private String conditions(Sample s) {
            return hasDecreased(s) ? "strong Wolfe conditions" : "approximate Wolfe conditions";
        }

        private Result accepted(Sample s, String reason) {
            if (last != s.rate) {
                at(s.rate);
            }
            isKept = true;
            keptObjective = objective;
            keptValue = s.value;
            keptVersion = OptionalLong.of(objective.version());
            return new Result(s.rate, s.value, evaluations, "accepted at rate " + s.rate + ": " + reason);
        }

        private Result settle(Sample s, String shortcoming) {
            if (s.rate > 0 && s.value < start.value) {
                return accepted(s, "sufficient decrease only; " + shortcoming);
            }
            String why = evaluations == 1 && still > 0 ? Displacement.NONE : "no decrease at " + evaluations + " rates";
            return new Result(0, start.value, evaluations, "rejected: " + why);
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
        return search(at, slope, direction, firstRate, Double.POSITIVE_INFINITY);
    }

    /**
     * Searches from the beginning of a step, up to a rate.
     *
     * @param at where the step begins; its loss must be over the gradient's examples
     * @param slope g'd
     * @param direction d; not changed
     * @param firstRate the first rate to try, positive
     * @param largestRate the largest rate to try, at least the first one; there a sufficient decrease is enough
     * @return how far to go
     */
    public Result search(Point at, double slope, INDArray direction, double firstRate, double largestRate) {
        Sample start = new Sample(0, at.loss(), slope);
        return search(at.objective(), at.scope(), at.theta(), start, direction, firstRate, largestRate);
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
        Sample start = new Sample(0, value, slope);
        return search(objective, scope, theta, start, direction, firstRate, Double.POSITIVE_INFINITY);
    }

    private Result search(
            Objective objective,
            Scope scope,
            INDArray theta,
            Sample start,
            INDArray direction,
            double firstRate,
            double largestRate) {
        Check.positive("the first rate", firstRate);
        isKept = false;
        if (!(start.slope < 0)) {
            return new Result(0, start.value, 0, "rejected: not a descent direction, g'd = " + start.slope);
        }
        allocate(theta);
        return new Line(objective, scope, theta, direction, start, largestRate).search(firstRate);
    }

    /**
     * Value and gradient where the last search ended, at no cost. They are known if the last search accepted a rate,
     * theta equals the point that it accepted, bit for bit, and the objective is that of the search, with the same
     * {@link Objective#version}. The caller must use the same examples as the search.
     *
     * @param objective the function
     * @param theta a point; not changed
     * @param out overwritten with the gradient if it is known, else left alone
     * @return the value, or empty if it must be computed
     */
    public OptionalDouble recall(Objective objective, INDArray theta, INDArray out) {
        boolean isOtherObject = keptObjective != null && keptObjective != objective;
        boolean isOther = isOtherObject || (keptVersion.isPresent() && objective.version() != keptVersion.getAsLong());
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
        keptObjective = null;
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
        // By a power of two, which changes no digit, so that squares neither overflow nor underflow.
        int scale = Math.getExponent(Math.max(Math.abs(theta), Math.max(Math.abs(a.slope), Math.abs(b.slope))));
        double t = Math.scalb(theta, -scale);
        double square = t * t - Math.scalb(a.slope, -scale) * Math.scalb(b.slope, -scale);
        double root = Math.copySign(Math.scalb(Math.sqrt(square), scale), width);
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
