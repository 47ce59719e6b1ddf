package dev.ravine.optim.secondorder;

/**
 * Chooses the damping of the next step. A rule has no memory, so a resumed run sees what an uninterrupted one would.
 */
@FunctionalInterface
public interface DampingRule {
    /**
     * Chooses the next damping.
     *
     * @param damping of the step
     * @param ratio the {@link ReductionRatio}; minus infinity for a step that must raise damping, or not a number
     * @return the damping of the next step
     */
    double next(double damping, double ratio);

    /**
     * Raises damping by a factor when the ratio is below 1/4 or not a number, lowers it by another when the ratio is
     * above 3/4 (Levenberg-Marquardt's rule as Martens, ICML 2010, uses it).
     *
     * @param raise Martens' 3/2
     * @param lower Martens' 2/3
     * @return the rule
     */
    static DampingRule levenbergMarquardt(double raise, double lower) {
        return (damping, ratio) -> {
            if (ratio < 0.25 || Double.isNaN(ratio)) {
                return damping * raise;
            }
            // It must not shrink to 0, from where no factor could raise it.
            return ratio > 0.75 ? Math.max(damping * lower, Double.MIN_NORMAL) : damping;
        };
    }

    /** {@return the rule that never changes it} */
    static DampingRule fixed() {
        return (damping, ratio) -> damping;
    }
}
