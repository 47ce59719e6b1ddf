package dev.ravine.optim;

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
        Map<String, Double> telemetry) {}
