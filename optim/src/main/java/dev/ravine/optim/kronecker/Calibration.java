package dev.ravine.optim.kronecker;

import java.util.function.DoubleConsumer;
import java.util.function.DoubleSupplier;

/** Finds a first damping by repeating a step without moving. */
final class Calibration {
    private Calibration() {}

    /**
     * Repeats until the rule leaves the damping alone or turns back. Where it turns, the larger damping stays.
     *
     * @param limit how often
     * @param first the damping of the step that was computed already
     * @param rule the damping that the rule makes of the ratio of the present step
     * @param repeat computes the step with another damping
     * @return how often the step was computed again
     */
    static int run(int limit, double first, DoubleSupplier rule, DoubleConsumer repeat) {
        double damping = first;
        boolean wasRaised = false;
        for (int i = 0; i < limit; i++) {
            double wanted = rule.getAsDouble();
            boolean isRaised = wanted > damping;
            boolean turns = i > 0 && isRaised != wasRaised;
            if (wanted == damping || (turns && !isRaised)) {
                return i;
            }
            repeat.accept(wanted);
            if (turns) {
                return i + 1;
            }
            damping = wanted;
            wasRaised = isRaised;
        }
        return limit;
    }
}
