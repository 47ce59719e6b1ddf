package dev.ravine.optim.newton;

import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.PowerOfTwo;
import dev.ravine.optim.linear.SolverReport;
import dev.ravine.optim.linear.Stop;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Attempt;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Conjugate gradients for functions that are not quadratic (Nocedal and Wright, Numerical Optimization, section 5.2):
 * each direction is -g + beta p0, where p0 is the direction before and beta is by a {@link ConjugacyRule}; then comes a
 * {@link WolfeSearch} with c1 = 0.0001 and c2 = 0.1.
 *
 * <p>The first rate of a search is the last rate times the ratio of the last slope and this one, so that the first
 * change to be expected is the last one; the first step is of length 1 at most, unless that is too short to change
 * theta. After n steps, or where a direction does not lead down, the direction is -g again.
 *
 * <p>By the rule of Powell and Beale, where y = g - g0:
 *
 * <pre>{@code
 * p = -g + (g'y / p0'y) p0 + (g't / q't) q
 * }</pre>
 *
 * <p>q is the direction of the last restart, and t the change of the gradient along it. A restart makes q the last
 * direction and t the last y, and leaves the third term out once. It takes place at the second step, n steps after the
 * last one, where |g0'g| is 0.2 g'g or more, and where g'p is not between -1.2 g'g and -0.8 g'g.
 *
 * <p>A step costs a gradient over all examples for each rate of the line search, mostly two; memory is 6 vectors, 9
 * with restarts. {@link Lbfgs} needs fewer gradients on most functions.
 */
public final class NonlinearConjugateGradients extends LineSearchOptimizer {
    private static final double FLAT = 0.1;
    private static final double FAR_FROM_ORTHOGONAL = 0.2;

    private final ConjugacyRule rule;
    private final double curvatureFraction;
    private boolean hasLast;
    private INDArray lastGradient;
    private INDArray change;
    private INDArray candidate;
    private INDArray restartDirection;
    private INDArray restartChange;
    /**
     * Steps since the direction was steepest descent, that one included; with restarts one more than since the last.
     */
    private int steps;

    private double lastRate;
    private double lastSlope;

    /** How the direction was made. */
    private record Used(int iterations, String detail) implements SolverReport {
        @Override
        public Stop stopped() {
            return Stop.MINIMUM_ALONG;
        }

        @Override
        public double smallestCurvature() {
            return Double.POSITIVE_INFINITY;
        }
    }

    private NonlinearConjugateGradients(Builder builder) {
        super(builder.curvatureFraction);
        this.rule = builder.rule;
        this.curvatureFraction = builder.curvatureFraction;
    }

    /**
     * Begins with the rule of Polak and Ribière and c2 = 0.1.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected Attempt attempt(Point at) {
        allocate(at.theta());
        String how = "steepest descent";
        if (hasLast) {
            direct(at);
            double slope = Vectors.dot(at.gradient(), direction);
            double first = lastRate * (lastSlope / slope);
            if (slope < 0 && first > 0 && first < Double.POSITIVE_INFINITY) {
                WolfeSearch.Result found = search.search(at, slope, direction, first);
                if (found.accepted()) {
                    return end(at, "", slope, found);
                }
                how = "steepest descent, as the conjugate direction did not lead down";
            } else {
                how = "steepest descent, as the conjugate direction does not lead down";
            }
        }
        steps = 0;
        WolfeSearch.Result found = searchSteepestDescent(at);
        return end(at, how, Vectors.dot(at.gradient(), direction), found);
    }

    private Attempt end(Point at, String how, double slope, WolfeSearch.Result found) {
        end(found);
        hasLast = found.accepted();
        if (hasLast) {
            Vectors.copy(at.gradient(), lastGradient);
            lastRate = found.rate();
            lastSlope = slope;
            steps++;
        }
        return Attempt.at(at, new Used(steps, how)).along(direction, found);
    }

    private void allocate(INDArray like) {
        if (direction == null) {
            direction = newVector(like);
            lastGradient = newVector(like);
            change = newVector(like);
            if (rule == ConjugacyRule.POWELL_BEALE) {
                candidate = newVector(like);
                restartDirection = newVector(like);
                restartChange = newVector(like);
            }
        }
    }

    private void direct(Point at) {
        Vectors.copy(at.gradient(), change);
        Vectors.axpy(-1, lastGradient, change);
        if (rule == ConjugacyRule.POWELL_BEALE) {
            directWithRestarts(at);
        } else if (steps >= at.theta().length()) {
            descend(at);
            steps = 0;
        } else {
            double before = Vectors.dot(lastGradient, lastGradient);
            double beta = rule == ConjugacyRule.FLETCHER_REEVES
                    ? Vectors.dot(at.gradient(), at.gradient()) / before
                    : Math.max(0, Vectors.dot(at.gradient(), change) / before);
            combine(at, beta * unitOfDirection());
        }
    }

    /** Steepest descent goes along -g over a unit, see {@link #descend}; all other directions have the unit of g. */
    private double unitOfDirection() {
        return steps == 1 ? PowerOfTwo.unitOf(Vectors.norm(lastGradient)) : 1;
    }

    /** direction = -g + beta direction. */
    private void combine(Point at, double beta) {
        Vectors.scale(beta, direction);
        Vectors.axpy(-1, at.gradient(), direction);
    }

    private void directWithRestarts(Point at) {
        double square = Vectors.dot(at.gradient(), at.gradient());
        double beta = Vectors.dot(at.gradient(), change) / Vectors.dot(direction, change);
        boolean isDue = steps < 2
                || steps >= at.theta().length()
                || Math.abs(Vectors.dot(lastGradient, at.gradient())) >= FAR_FROM_ORTHOGONAL * square;
        if (!isDue) {
            double third = Vectors.dot(at.gradient(), restartChange) / Vectors.dot(restartDirection, restartChange);
            Vectors.copy(direction, candidate);
            Vectors.scale(beta, candidate);
            Vectors.axpy(-1, at.gradient(), candidate);
            Vectors.axpy(third, restartDirection, candidate);
            double slope = Vectors.dot(at.gradient(), candidate);
            if (slope >= -1.2 * square && slope <= -0.8 * square) {
                Vectors.copy(candidate, direction);
                return;
            }
        }
        Vectors.copy(direction, restartDirection);
        Vectors.copy(change, restartChange);
        steps = 1;
        combine(at, beta);
    }

    private void forget() {
        hasLast = false;
        steps = 0;
    }

    @Override
    protected void trainableChanged(List<Span> spans) {
        forget();
    }

    /** Vectors from a time when what is frozen now was not would move it. */
    @Override
    protected void trainableRestored(List<Span> spans) {
        super.trainableRestored(spans);
        boolean isMisleading = hasLast
                && (!Span.isZeroOutside(spans, direction)
                        || !Span.isZeroOutside(spans, lastGradient)
                        || (hasRestart() && !Span.isZeroOutside(spans, restartDirection)));
        if (isMisleading) {
            forget();
        }
    }

    private boolean hasRestart() {
        return rule == ConjugacyRule.POWELL_BEALE && steps >= 2;
    }

    @Override
    protected Map<String, Object> ownSettings() {
        return Map.of("rule", rule, "curvature_fraction", curvatureFraction);
    }

    @Override
    public String name() {
        return "ncg(" + rule.name().toLowerCase(Locale.ROOT).replace('_', '-') + ")";
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = super.stateNumbers();
        numbers.put("since_restart", (double) steps);
        numbers.put("has_last", hasLast ? 1.0 : 0.0);
        numbers.put("last_rate", lastRate);
        numbers.put("last_slope", lastSlope);
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        Map<String, INDArray> vectors = super.stateVectors();
        if (hasLast) {
            vectors.put("direction", direction);
            vectors.put("last_gradient", lastGradient);
            if (hasRestart()) {
                vectors.put("restart_direction", restartDirection);
                vectors.put("restart_change", restartChange);
            }
        }
        return vectors;
    }

    @Override
    protected void restoreState(OptimizerState state) {
        int restoredSteps = state.count("since_restart", Integer.MAX_VALUE);
        boolean hadLast = state.count("has_last", 1) == 1;
        double restoredRate = state.number("last_rate");
        double restoredSlope = state.number("last_slope");
        super.restoreState(state);
        steps = restoredSteps;
        hasLast = hadLast;
        lastRate = restoredRate;
        lastSlope = restoredSlope;
        if (hasLast) {
            allocate(state.vector("direction"));
            Vectors.copy(state.vector("direction"), direction);
            Vectors.copy(state.vector("last_gradient"), lastGradient);
            if (hasRestart()) {
                Vectors.copy(state.vector("restart_direction"), restartDirection);
                Vectors.copy(state.vector("restart_change"), restartChange);
            }
        }
    }

    /** Settings of {@link NonlinearConjugateGradients}. */
    public static final class Builder extends WolfeSettings<Builder> {
        private ConjugacyRule rule = ConjugacyRule.POLAK_RIBIERE;

        private Builder() {
            super(FLAT);
        }

        /**
         * How directions are chosen.
         *
         * @param chosen Polak and Ribière without it
         * @return this
         */
        public Builder rule(ConjugacyRule chosen) {
            this.rule = Objects.requireNonNull(chosen, "chosen");
            return this;
        }

        /** {@return an optimizer that has not stepped yet} */
        public NonlinearConjugateGradients build() {
            return new NonlinearConjugateGradients(this);
        }
    }
}
