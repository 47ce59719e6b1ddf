package dev.ravine.optim;

import dev.ravine.core.DType;
import dev.ravine.optim.objective.Objective;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Watches the steps of a search, and tells whether it still gets somewhere. */
final class Progress {
    private static final int HOPELESS_REJECTIONS = 50;

    private final Stagnation stagnation;
    private int rejections;
    private StepReport last;

    /**
     * Before the first step.
     *
     * @param dtype in which the function is computed
     */
    Progress(DType dtype) {
        this.stagnation = new Stagnation(dtype);
    }

    /**
     * The end of a search that gets nowhere.
     *
     * @param isMinimum whether the point is a minimum as far as rounding lets it be seen
     * @param reason in words
     */
    record Stop(boolean isMinimum, String reason) {}

    /** Takes note of a step. */
    void see(StepReport step) {
        last = step;
        stagnation.see(step);
        rejections = step.accepted() ? 0 : rejections + 1;
    }

    /**
     * Judges the steps so far.
     *
     * @param objective the function
     * @param x the point; not changed
     * @param value of the function there
     * @param gradient there, without the part that may not be followed; not changed
     * @param optimizer that makes the steps
     * @return the end; null if the search may still get somewhere
     */
    Stop stop(Objective objective, INDArray x, double value, INDArray gradient, Optimizer optimizer) {
        boolean isLast = rejections > 0 && (rejections == HOPELESS_REJECTIONS || !optimizer.canRetry());
        boolean isSlow = stagnation.isSlow();
        if (!isLast && !isSlow && !stagnation.isSuspected()) {
            return null;
        }
        if (RoundingFloor.hides(objective, x, gradient, optimizer)) {
            return new Stop(true, "the function and the steps have shrunk to rounding");
        }
        boolean isOver = isLast || stagnation.isHopeless();
        if (isOver && Flatness.hides(objective, x, value, gradient, optimizer)) {
            return new Stop(true, "the function is the same number all the way to the minimum");
        }
        if ((isOver || isSlow) && RemainingGain.isHidden(objective, x, value, gradient, optimizer)) {
            return new Stop(true, "the fall to the minimum is within the rounding of the function");
        }
        if (!isOver) {
            return null;
        }
        String rejected = rejections == 1
                ? "a step was rejected and would be again"
                : rejections + " steps in a row were rejected";
        String what = isLast ? rejected : "steps have not changed the function visibly for long";
        return new Stop(false, what + "; the last: " + last.reason() + "; stalled");
    }
}
