package dev.ravine.optim.training;

import java.util.Map;
import java.util.Optional;

/**
 * The result of a run.
 *
 * @param end why it ended
 * @param progress where it stood
 * @param figures the last measured, by name
 * @param best the figure that early stopping or keeping the best looked at, at its best; empty without one
 * @param restoredBest whether the model holds the parameters of that best moment rather than the last ones
 */
public record TrainingResult(
        End end, Progress progress, Map<String, Double> figures, Optional<Best> best, boolean restoredBest) {
    /** Why a run ended. */
    public enum End {
        /** The budget is used up. */
        BUDGET("the budget is used up"),
        /** The watched figure has not become better for long enough. */
        EARLY_STOPPING("the watched figure got no better for long enough"),
        /** It was asked to stop, and finished its step. */
        STOPPED("it was asked to stop"),
        /** A step over all examples was rejected, and the optimizer would find the same one again. */
        STALLED("no step improves the objective");

        private final String reason;

        End(String reason) {
            this.reason = reason;
        }

        /** {@return why the run ended, as a clause for a person to read, such as "the budget is used up"} */
        public String reason() {
            return reason;
        }
    }

    /**
     * A best moment.
     *
     * @param metric which figure
     * @param value its value
     * @param step after which step
     */
    public record Best(String metric, double value, long step) {}
}
