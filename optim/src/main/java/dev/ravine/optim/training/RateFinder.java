package dev.ravine.optim.training;

import dev.ravine.core.Arena;
import dev.ravine.nn.Module;
import dev.ravine.nn.ParameterVector;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.objective.ModelObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds a learning rate by a short run in which the rate grows from step to step (Smith, "Cyclical learning rates for
 * training neural networks", WACV 2017): where the loss falls fastest, the rate is good; where it rises, it is too
 * large.
 *
 * <pre>{@code
 * RateFinder.Result found =
 *         RateFinder.find(net, objective, rates -> Sgd.builder().learningRate(rates).build(), 1e-6, 10, 100);
 * }</pre>
 */
public final class RateFinder {
    /** The run ends where the smoothed loss is this multiple of its least value. */
    private static final double TOO_LARGE = 4;

    /** How much of the mean of losses each step keeps. */
    private static final double KEPT = 0.8;

    private RateFinder() {}

    /**
     * A step.
     *
     * @param rate its learning rate
     * @param loss before the step, on its examples
     * @param smoothed an exponential mean of the losses so far
     */
    public record Point(double rate, double loss, double smoothed) {}

    /**
     * What was found.
     *
     * @param rate where the smoothed loss falls fastest with the logarithm of the rate
     * @param points all steps, in their order
     */
    public record Result(double rate, List<Point> points) {
        /** The rate, and how far the run came. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "rate %.3g, of %d steps up to %.3g",
                    rate,
                    points.size(),
                    points.get(points.size() - 1).rate());
        }
    }

    /**
     * {@return a rate for an optimizer on an objective} The model gets its parameters back afterwards.
     *
     * @param net initialized
     * @param objective that trains it
     * @param optimizer makes the optimizer with a schedule of rates; it is closed here
     * @param low the rate of the first step, positive
     * @param high that of the last step, larger
     * @param steps at least 5
     * @throws IllegalArgumentException if the limits are not positive or not in order, there are too few steps, or the
     *     loss falls nowhere
     */
    public static Result find(
            Module net,
            ModelObjective objective,
            Function<Schedule, Optimizer> optimizer,
            double low,
            double high,
            int steps) {
        if (!(low > 0 && high > low) || Double.isInfinite(high) || steps < 5) {
            throw new IllegalArgumentException("a rate finder needs 0 < low < high, both finite, and at least 5 steps,"
                    + " found " + low + ", " + high + " and " + steps + " steps");
        }
        Schedule rates = step -> low * Math.pow(high / low, (double) step / (steps - 1));
        ParameterVector theta = net.parameterVector();
        List<Point> points = new ArrayList<>();
        INDArray start = Arena.copyOf(theta.array());
        try (Optimizer used = optimizer.apply(rates)) {
            run(objective, used, rates, steps, points);
        } finally {
            theta.set(start);
        }
        return new Result(steepest(points), List.copyOf(points));
    }

    private static void run(
            ModelObjective objective, Optimizer optimizer, Schedule rates, int steps, List<Point> points) {
        double mean = 0;
        double weight = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < steps; i++) {
            double loss;
            try {
                loss = optimizer.step(objective, objective.theta()).loss();
            } catch (NonFiniteLossException e) {
                return;
            }
            mean = KEPT * mean + (1 - KEPT) * loss;
            weight = KEPT * weight + 1 - KEPT;
            points.add(new Point(rates.at(i), loss, mean / weight));
            least = Math.min(least, mean / weight);
            if (mean / weight - least > (TOO_LARGE - 1) * Math.abs(least)) {
                return;
            }
        }
    }

    /** Steps have equal distances on the scale of logarithms, so slopes are compared by differences. */
    private static double steepest(List<Point> points) {
        double steepest = 0;
        double rate = 0;
        for (int i = 1; i + 1 < points.size(); i++) {
            double slope = points.get(i + 1).smoothed() - points.get(i - 1).smoothed();
            if (slope < steepest) {
                steepest = slope;
                rate = points.get(i).rate();
            }
        }
        if (rate == 0) {
            throw new IllegalArgumentException("the loss fell nowhere in " + points.size()
                    + " steps: begin with a smaller rate, or train from another start");
        }
        return rate;
    }
}
