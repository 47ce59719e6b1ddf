package dev.ravine.optim.training;

import dev.ravine.optim.StepReport;
import java.util.Map;

/**
 * Watches a run. What a listener throws is logged and ends its watching, not the run. Called by the training thread, in
 * the order in which listeners were added.
 */
public interface TrainingListener {
    /**
     * Training begins, or goes on after a resume.
     *
     * @param optimizer its name
     * @param budget how long it may take
     * @param progress where it begins
     */
    default void onStart(String optimizer, Budget budget, Progress progress) {}

    /**
     * A step was made.
     *
     * @param step what it did
     * @param progress where training stands after it
     */
    default void onStep(StepReport step, Progress progress) {}

    /**
     * The model was measured.
     *
     * @param figures by name, such as "validation accuracy"
     * @param progress where training stands
     */
    default void onMeasured(Map<String, Double> figures, Progress progress) {}

    /**
     * A batch was left out, or steps were made smaller, because a loss was not finite.
     *
     * @param what happened, and what was done about it
     * @param progress where training stands
     */
    default void onWarning(String what, Progress progress) {}

    /**
     * Training ended as it should, or was asked to. Calls {@link #onClose} unless overridden.
     *
     * @param result what came of it
     */
    default void onEnd(TrainingResult result) {
        onClose();
    }

    /**
     * Training fails with an exception. Calls {@link #onClose} unless overridden.
     *
     * @param failure what is thrown
     * @param progress where it stood
     */
    default void onFailure(Throwable failure, Progress progress) {
        onClose();
    }

    /** Training is over, by its end or by a failure: what is open can be closed. */
    default void onClose() {}
}
