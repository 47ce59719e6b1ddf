package dev.ravine.optim;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The report of one step.
 *
 * @param step counts from 1
 * @param loss the objective before the step, over the examples that the step judged itself by
 * @param lossAfter the same after it, equal to {@code loss} if rejected; not a number if the optimizer does not measure
 *     it
 * @param gradientNorm the norm of its gradient
 * @param stepNorm how far theta moved, 0 if rejected
 * @param examples how many examples the gradient used
 * @param cost what the step cost, in gradient equivalents: 1 is one gradient over all examples
 * @param accepted whether theta changed; false also if the step was too short to change any element of it
 * @param reason why it was accepted or rejected
 * @param model what its quadratic model did; empty for first-order methods
 * @param telemetry further numbers by name in a fixed order, such as a rate or a radius
 */
public record StepReport(
        long step,
        double loss,
        double lossAfter,
        double gradientNorm,
        double stepNorm,
        long examples,
        double cost,
        boolean accepted,
        String reason,
        Optional<ModelReport> model,
        Map<String, Double> telemetry) {
    /** {@return the step in one line, with five digits} */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "step %d: loss %.5g", step, loss));
        if (accepted && !Double.isNaN(lossAfter)) {
            line.append(String.format(Locale.ROOT, " -> %.5g", lossAfter));
        }
        line.append(String.format(
                Locale.ROOT,
                ", gradient norm %.5g, step norm %.5g, %,d examples, cost %.5g gradients; %s: %s",
                gradientNorm,
                stepNorm,
                examples,
                cost,
                accepted ? "accepted" : "rejected",
                reason));
        model.ifPresent(m -> line.append("; ").append(m));
        if (!telemetry.isEmpty()) {
            line.append("; ").append(telemetry);
        }
        return line.toString();
    }
}
