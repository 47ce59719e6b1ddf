package dev.ravine.optim;

import dev.ravine.core.DType;
import dev.ravine.optim.objective.Rounding;

/**
 * Counts accepted steps in a row that made no new lowest value beyond rounding error and got neither shorter nor clearly
 * longer. Rejected steps do not count. Nor do steps without a model, since no model predicted their change and the function
 * after them is not known.
 *
 * <p>Such steps prove nothing by themselves: damping or a small radius may have held them back. Where there are some,
 * it is worth a look at the gradient; where there are many, there is no sense in more.
 */
final class Stagnation {
    private static final int SUSPICIOUS = 10;
    private static final int HOPELESS = 50;
    private static final int MANY = 100;
    private static final double CLEARLY = 1.2;

    private final DType dtype;
    private int invisible;
    private int invisibleOfAnyLength;
    private double lowest = Double.POSITIVE_INFINITY;
    private double shortest = Double.POSITIVE_INFINITY;
    private double longest;

    /**
     * Before the first step.
     *
     * @param dtype in which the function is computed
     */
    Stagnation(DType dtype) {
        this.dtype = dtype;
    }

    /** Takes note of a step. */
    void see(StepReport step) {
        if (!step.accepted()) {
            return;
        }
        boolean isInvisible = isInvisible(step);
        lowest = Math.min(lowest, Math.min(step.loss(), step.lossAfter()));
        if (!isInvisible) {
            invisible = 0;
            invisibleOfAnyLength = 0;
            longest = 0;
            return;
        }
        invisibleOfAnyLength++;
        // Steps that still shrink come closer, though the function does not show it; those that grow leave a plateau.
        double length = step.stepNorm();
        boolean grows = longest > 0 && length > CLEARLY * longest;
        invisible = length < shortest || grows ? 0 : invisible + 1;
        shortest = Math.min(shortest, length);
        longest = Math.max(longest, length);
    }

    /** A step that goes up within rounding, or comes back from there, does not count as visible either. */
    private boolean isInvisible(StepReport step) {
        if (step.model().isEmpty()) {
            return false;
        }
        double change = Math.abs(step.lossAfter() - step.loss());
        double gain = lowest - step.lossAfter();
        double least = Rounding.invisible(step.loss(), dtype);
        return change <= least || (gain <= least && -gain <= Rounding.possible(step.loss(), dtype));
    }

    /** {@return whether the last ten accepted steps, or twenty and so on, gained nothing} */
    boolean isSuspected() {
        return invisible > 0 && invisible % SUSPICIOUS == 0;
    }

    /** {@return whether the last hundred accepted steps, or two hundred and so on, gained nothing, though they shrank} */
    boolean isSlow() {
        return invisibleOfAnyLength > 0 && invisibleOfAnyLength % MANY == 0;
    }

    /** {@return whether the last fifty accepted steps gained nothing} */
    boolean isHopeless() {
        return invisible >= HOPELESS;
    }
}
