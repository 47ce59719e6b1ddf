package dev.ravine.optim.newton;

import dev.ravine.core.DType;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.linear.PowerOfTwo;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.Span;
import dev.ravine.optim.secondorder.Point;
import dev.ravine.optim.secondorder.SecondOrder;
import dev.ravine.optim.secondorder.WolfeSearch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A method with a {@link WolfeSearch} along each direction. The gradient where a search ends serves the next step. A
 * search that fails is followed by one along steepest descent; if that fails too, there is nothing left to try.
 */
abstract class LineSearchOptimizer extends SecondOrder {
    /** The part of a slope that a search along a Newton or quasi-Newton step may leave. */
    static final double QUASI_NEWTON = 0.9;

    final WolfeSearch search;
    INDArray direction;
    private boolean hasFailed;

    /** Searches until a slope is at most this part of the one at the beginning. */
    LineSearchOptimizer(double curvatureFraction) {
        search = new WolfeSearch(curvatureFraction);
    }

    @Override
    protected final double gradient(Objective objective, INDArray theta, Scope scope, INDArray out) {
        return search.gradient(objective, theta, scope, out);
    }

    /**
     * Makes the direction that of steepest descent, -g. If g'g would overflow or underflow, it is -g times a power of
     * two.
     *
     * @param at where the step begins
     * @return the norm of the direction
     */
    final double descend(Point at) {
        double unit = PowerOfTwo.unitOf(at.gradientNorm());
        Vectors.copy(at.gradient(), direction);
        Vectors.scale(-1 / unit, direction);
        return at.gradientNorm() / unit;
    }

    /**
     * Searches along steepest descent. The first step is of length 1 at most, but long enough to change theta.
     *
     * @param at where the step begins
     * @return how far to go along the direction
     */
    final WolfeSearch.Result searchSteepestDescent(Point at) {
        double norm = descend(at);
        double slope = Vectors.dot(at.gradient(), direction);
        return search.search(at, slope, direction, norm > 0 ? firstRate(at, norm) : 1);
    }

    /**
     * The first rate along a direction whose length says nothing.
     *
     * @param at where the step begins
     * @param norm of the direction, positive
     * @return the rate for a length of 1 at most, but long enough to change theta
     */
    static double firstRate(Point at, double norm) {
        double rate = Math.min(1, 1 / norm);
        return isSeen(at, rate * norm) ? rate : shortest(at) / norm;
    }

    /** a / v'v, also where v'v is beyond the range of numbers. */
    static double overSquare(double a, INDArray v) {
        double square = Vectors.dot(v, v);
        if (square >= Double.MIN_NORMAL && square <= Double.MAX_VALUE) {
            return a / square;
        }
        double norm = Vectors.norm(v);
        return a / norm / norm;
    }

    /** Whether a step of some length may change theta. */
    static boolean isSeen(Point at, double length) {
        return length >= 4 * epsilon(at) * Vectors.norm(at.theta());
    }

    /** The length of a step that changes theta clearly. */
    static double shortest(Point at) {
        return Math.sqrt(epsilon(at)) * Vectors.norm(at.theta());
    }

    private static double epsilon(Point at) {
        return at.objective().dtype() == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
    }

    /**
     * Takes note of how a step ended.
     *
     * @param found by its last search
     */
    final void end(WolfeSearch.Result found) {
        hasFailed = !found.accepted();
    }

    @Override
    public final boolean canRetry() {
        return !hasFailed;
    }

    @Override
    protected Map<String, Double> stateNumbers() {
        Map<String, Double> numbers = new HashMap<>();
        search.end().ifPresent(end -> numbers.put("search_value", end.value()));
        return numbers;
    }

    @Override
    protected Map<String, INDArray> stateVectors() {
        Map<String, INDArray> vectors = new HashMap<>();
        search.end().ifPresent(end -> {
            vectors.put("search_point", end.point());
            vectors.put("search_gradient", end.gradient());
        });
        return vectors;
    }

    /** The gradient where the last search ended need not be computed again, so that costs go on as they would have. */
    @Override
    protected void restoreState(OptimizerState state) {
        search.restore(
                state.numbers().containsKey("search_value")
                        ? Optional.of(new WolfeSearch.End(
                                state.number("search_value"),
                                state.vector("search_point"),
                                state.vector("search_gradient")))
                        : Optional.empty());
    }

    /** A gradient from a time when what is frozen now was not would move it. */
    @Override
    protected void trainableRestored(List<Span> spans) {
        boolean isMisleading = search.end()
                .filter(end -> !Span.isZeroOutside(spans, end.gradient()))
                .isPresent();
        if (isMisleading) {
            search.restore(Optional.empty());
        }
    }

    @Override
    public void close() {
        search.close();
        super.close();
    }
}
