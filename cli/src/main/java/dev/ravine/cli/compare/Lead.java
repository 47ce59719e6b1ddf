package dev.ravine.cli.compare;

import dev.ravine.cli.problem.TaskMetric;
import java.util.List;
import java.util.OptionalDouble;

/** How early one optimizer was where another one ended. */
final class Lead {
    private Lead() {}

    /**
     * The part of the budget after which runs had a figure at least as good as a given one: the mean over runs of the
     * first measurement that is.
     *
     * @param runs of one optimizer
     * @param metric of the figure
     * @param figure to reach
     * @return empty if a run never measured it
     */
    static OptionalDouble share(List<Run> runs, TaskMetric metric, double figure) {
        double sum = 0;
        for (Run run : runs) {
            OptionalDouble first = run.points().stream()
                    .filter(p -> reaches(p.figures().getOrDefault(metric.name(), Double.NaN), metric, figure))
                    .mapToDouble(p -> p.progress().spent())
                    .findFirst();
            if (first.isEmpty()) {
                return first;
            }
            sum += first.getAsDouble();
        }
        return OptionalDouble.of(sum / runs.size());
    }

    private static boolean reaches(double value, TaskMetric metric, double figure) {
        return metric.isBetterWhenLarger() ? value >= figure : value <= figure;
    }
}
