package dev.ravine.optim;

import java.util.Map;

/**
 * What a step did.
 *
 * @param step counts from 1
 * @param loss the objective before the step, over the examples that the step used
 * @param gradientNorm the norm of its gradient
 * @param stepNorm how far theta moved, 0 if rejected
 * @param examples over how many examples the gradient went
 * @param cost what the step cost, in gradient equivalents: 1 is one gradient over all examples
 * @param accepted whether theta changed
 * @param reason why it was accepted or rejected
 * @param telemetry further numbers by name in a fixed order, such as damping or CG iterations
 */
public record StepReport(
        long step,
        double loss,
        double gradientNorm,
        double stepNorm,
        long examples,
        double cost,
        boolean accepted,
        String reason,
        Map<String, Double> telemetry) {}
