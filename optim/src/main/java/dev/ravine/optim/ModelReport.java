package dev.ravine.optim;

import dev.ravine.optim.linear.Stop;

/**
 * How a step's quadratic model was solved, and how well it predicted. For optimizers that have one.
 *
 * @param damping the shift of the model's matrix that the step used, which may be the multiplier of a radius; not a
 *     number where a radius bounds steps and its multiplier is not known
 * @param ratio actual over predicted change of the objective; negative or minus infinity if it rose, 1 if both changes
 *     are below the objective's rounding, not a number if not measured
 * @param iterations of the linear solver: products with the matrix, or factorizations
 * @param stopped why the solver ended
 * @param detail the same in words for people, with what the enum leaves out, such as a rank; may be empty, and nothing
 *     parses it
 * @param smallestCurvature the smallest p'Ap / p'p that the solver met, or the smallest eigenvalue where it is known;
 *     damping included, the multiplier of a radius not; infinite if it met none
 */
public record ModelReport(
        double damping, double ratio, int iterations, Stop stopped, String detail, double smallestCurvature) {
    /**
     * Whether the step says little about what is left to gain: a radius ended it, or the model predicted its change
     * poorly, with a ratio below 1/4.
     *
     * @return false for a step to the model's minimum that came true
     */
    public boolean isHeldBack() {
        return stopped == Stop.BOUNDARY
                || stopped == Stop.HARD_CASE
                || stopped == Stop.NONPOSITIVE_CURVATURE
                || ratio < 0.25;
    }
}
