package dev.ravine.optim.secondorder;

/** What the damping becomes after a step. */
@FunctionalInterface
public interface DampingRule {
    /**
     * Learns from a step.
     *
     * @param damping of the step
     * @param ratio actual over predicted change; minus infinity if the objective rose, or not a number
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
            return ratio > 0.75 ? damping * lower : damping;
        };
    }

    /**
     * Never changes it.
     *
     * @return the rule
     */
    static DampingRule fixed() {
        return (damping, ratio) -> damping;
    }
}
