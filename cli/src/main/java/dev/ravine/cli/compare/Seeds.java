package dev.ravine.cli.compare;

import dev.ravine.cli.report.Figure;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Figures of runs of one optimizer from several starts. */
public final class Seeds {
    private Seeds() {}

    /**
     * The mean and the range of a figure over starts.
     *
     * @param mean of all starts
     * @param low the smallest
     * @param high the largest
     */
    public record Range(double mean, double low, double high) {
        static Range of(double... values) {
            double sum = 0;
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (double value : values) {
                sum += value;
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
            return new Range(sum / values.length, low, high);
        }

        /** Whether the ranges have a number in common, so that these starts do not tell the two apart. */
        boolean overlaps(Range other) {
            return low <= other.high && other.low <= high;
        }

        /** The mean, and the range unless its ends are the same in print. */
        @Override
        public String toString() {
            String lowest = Figure.text(low);
            String highest = Figure.text(high);
            return Figure.text(mean) + (lowest.equals(highest) ? "" : " (" + lowest + " to " + highest + ")");
        }
    }

    /** A quantity where runs end. */
    static Range last(List<Run> runs, ToDoubleFunction<Run.Point> quantity) {
        return Range.of(runs.stream()
                .mapToDouble(run -> quantity.applyAsDouble(run.last()))
                .toArray());
    }

    /**
     * The shares of the budget at which runs are compared: those of the run with the fewest measurements, up to where
     * the first of the runs ended.
     */
    static double[] grid(List<Run> runs) {
        List<Run.Point> fewest = runs.stream()
                .map(Run::points)
                .min((a, b) -> Integer.compare(a.size(), b.size()))
                .orElseThrow();
        double end = runs.stream()
                .mapToDouble(run -> run.last().progress().spent())
                .min()
                .orElseThrow();
        double[] grid = fewest.stream().mapToDouble(p -> p.progress().spent()).toArray();
        for (int i = 0; i < grid.length; i++) {
            grid[i] = Math.min(grid[i], end);
        }
        return grid;
    }

    /** A quantity of all runs at shares of the budget, on straight lines between measurements. */
    static Range[] at(double[] grid, List<Run> runs, ToDoubleFunction<Run.Point> quantity) {
        Range[] ranges = new Range[grid.length];
        for (int i = 0; i < grid.length; i++) {
            double share = grid[i];
            ranges[i] = Range.of(runs.stream()
                    .mapToDouble(run -> interpolate(run.points(), share, quantity))
                    .toArray());
        }
        return ranges;
    }

    private static double interpolate(List<Run.Point> points, double share, ToDoubleFunction<Run.Point> quantity) {
        int next = 0;
        while (next < points.size() - 1 && points.get(next).progress().spent() < share) {
            next++;
        }
        double to = points.get(next).progress().spent();
        double at = quantity.applyAsDouble(points.get(next));
        if (next == 0 || to <= share) {
            return at;
        }
        double from = points.get(next - 1).progress().spent();
        double before = quantity.applyAsDouble(points.get(next - 1));
        return before + (at - before) * (share - from) / (to - from);
    }
}
