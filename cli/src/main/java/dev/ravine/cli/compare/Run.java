package dev.ravine.cli.compare;

import dev.ravine.cli.report.Pictures;
import dev.ravine.optim.training.Progress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One net trained with one optimizer from one start.
 *
 * @param optimizer as it was chosen
 * @param seed of the start
 * @param points measurements; the first before any step, the last at the end
 * @param course what its steps did
 * @param end how it ended
 * @param note why it ended early, or empty
 * @param pictures of the trained net; may be empty
 */
public record Run(
        OptimizerSpec optimizer,
        long seed,
        List<Point> points,
        Course course,
        End end,
        String note,
        List<Pictures.Image> pictures) {
    /** How a run ended. */
    public enum End {
        /** It had its budget. */
        BUDGET,
        /** Its loss was not finite. */
        NOT_FINITE,
        /** The user ended it. */
        INTERRUPTED,
        /** It goes on. */
        RUNNING
    }

    /**
     * A measurement.
     *
     * @param progress where training stood
     * @param figures by name of the metric
     * @param averaged the same with the optimizer's averaged parameters; empty if it has none
     */
    public record Point(Progress progress, Map<String, Double> figures, Map<String, Double> averaged) {
        /**
         * A measurement without averaged parameters.
         *
         * @param progress where training stood
         * @param figures by name of the metric
         */
        public Point(Progress progress, Map<String, Double> figures) {
            this(progress, figures, Map.of());
        }

        /** {@return whether averaged parameters were measured} */
        public boolean hasAverage() {
            return !averaged.isEmpty();
        }

        /**
         * {@return the figures of the last parameters or of averaged ones; before the first step they are the same}
         *
         * @param areAveraged which ones
         */
        public Map<String, Double> figures(boolean areAveraged) {
            return areAveraged && hasAverage() ? averaged : figures;
        }
    }

    /**
     * A step of a second-order method.
     *
     * @param progress where training stood after it
     * @param damping of the model
     * @param ratio actual over predicted change
     * @param iterations of the linear solver
     * @param rejected number of rejected steps so far
     * @param isAccepted whether this step was accepted
     */
    public record ModelStep(
            Progress progress, double damping, double ratio, int iterations, long rejected, boolean isAccepted) {}

    /**
     * A step of any method.
     *
     * @param progress where training stood after it
     * @param loss over the examples of the step, before it
     * @param gradientNorm of its gradient
     * @param stepNorm how far the parameters moved
     */
    public record Step(Progress progress, double loss, double gradientNorm, double stepNorm) {}

    /**
     * Norms of a layer's parameters where the net was measured.
     *
     * @param layer its path in the net and its kind
     * @param progress where training stood
     * @param weights of its parameters
     * @param gradient of its part of the gradient
     * @param update how far the next step moved its parameters; not a number if there was none
     */
    public record LayerNorms(String layer, Progress progress, double weights, double gradient, double update) {}

    /**
     * What happened between the measurements.
     *
     * @param modelSteps the quadratic models of its steps; empty for first-order methods
     * @param steps some of the steps, evenly chosen
     * @param pace how steadily it went on
     * @param layers norms by layer, measurement after measurement
     * @param outcome what the trained net says of test data, if that can be shown
     * @param fit how well least squares determined its parameters, if that was the method
     */
    public record Course(
            List<ModelStep> modelSteps,
            List<Step> steps,
            Pace pace,
            List<LayerNorms> layers,
            Optional<Outcome> outcome,
            Optional<Fit> fit) {
        /** Nothing was recorded. */
        public static final Course NONE =
                new Course(List.of(), List.of(), Pace.UNKNOWN, List.of(), Optional.empty(), Optional.empty());
    }

    /** {@return the quadratic models of its steps} */
    public List<ModelStep> modelSteps() {
        return course.modelSteps();
    }

    /** {@return the measurement at its end} */
    public Point last() {
        return points.get(points.size() - 1);
    }
}
