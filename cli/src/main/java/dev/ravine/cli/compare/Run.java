package dev.ravine.cli.command;

import dev.ravine.cli.report.Pictures;
import dev.ravine.optim.training.Progress;
import java.util.List;
import java.util.Map;

/**
 * What came of training one net with one optimizer.
 *
 * @param optimizer as it was chosen
 * @param seed of the start
 * @param points measurements; the first before any step, the last at the end
 * @param modelSteps what the quadratic models of its steps did; empty for first-order methods
 * @param end whether it had its budget
 * @param note why it ended early; empty if it did not
 * @param pictures of what the net has learned; may be empty
 */
record Run(
        OptimizerSpec optimizer,
        long seed,
        List<Point> points,
        List<ModelStep> modelSteps,
        End end,
        String note,
        List<Pictures.Image> pictures) {
    /** How a run ended. */
    enum End {
        /** It had its budget. */
        BUDGET,
        /** Its loss was not finite. */
        NOT_FINITE,
        /** The person who started it ended it. */
        INTERRUPTED
    }

    /**
     * A measurement.
     *
     * @param progress where training stood
     * @param figures by name of the measure
     */
    record Point(Progress progress, Map<String, Double> figures) {}

    /**
     * A step of a second-order method.
     *
     * @param progress where training stood after it
     * @param damping which it used
     * @param ratio actual over predicted change
     * @param iterations of the linear solver
     * @param rejected how many steps were rejected so far
     */
    record ModelStep(Progress progress, double damping, double ratio, int iterations, long rejected) {}

    /** The measurement at its end. */
    Point last() {
        return points.get(points.size() - 1);
    }
}
