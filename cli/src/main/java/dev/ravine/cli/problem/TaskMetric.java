package dev.ravine.cli.problem;

import dev.ravine.optim.training.Metric;
import java.util.function.ToDoubleFunction;

/**
 * A figure of a net that a comparison measures, shows and ranks by.
 *
 * @param name the heading of its column, with its unit, as in {@code test accuracy %}
 * @param isBetterWhenLarger whether a larger figure is better
 * @param kind what the figure is about
 * @param rounding figures below this are rounding error and count as equal; 0 if there are none
 * @param figure computes it; called while the clock of the comparison stands still
 */
public record TaskMetric(
        String name, boolean isBetterWhenLarger, Kind kind, double rounding, ToDoubleFunction<MeasuredNet> figure) {
    /** What a figure is about. */
    public enum Kind {
        /** What the optimizers are asked to minimise. */
        OBJECTIVE,
        /** Another property of the training data. */
        TRAINING,
        /** Quality on data that the net has not seen. */
        TEST
    }

    /**
     * {@return a metric of the outputs for the training data}
     *
     * @param name the heading of its column
     * @param metric of outputs and data
     */
    public static TaskMetric training(String name, Metric metric) {
        return new TaskMetric(name, metric.isBetterWhenLarger(), Kind.TRAINING, 0, net -> net.training(metric));
    }

    /**
     * {@return a metric of the outputs for the test data}
     *
     * @param name the heading of its column
     * @param metric of outputs and data
     */
    public static TaskMetric test(String name, Metric metric) {
        return new TaskMetric(name, metric.isBetterWhenLarger(), Kind.TEST, 0, net -> net.test(metric));
    }
}
