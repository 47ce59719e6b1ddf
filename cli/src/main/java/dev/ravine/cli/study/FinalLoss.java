package dev.ravine.cli.study;

import dev.ravine.optim.Optimizer;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.function.BooleanSupplier;

/** How far an optimizer gets. */
final class FinalLoss {
    private FinalLoss() {}

    /** The loss over all examples after steps as long as a condition holds, or NaN if it did not stay finite. */
    static double of(SupervisedObjective objective, Optimizer optimizer, BooleanSupplier goesOn) {
        try (optimizer) {
            while (goesOn.getAsBoolean()) {
                optimizer.step(objective, objective.theta());
            }
            double loss = objective.value(objective.theta(), Scope.all());
            return Double.isFinite(loss) ? loss : Double.NaN;
        } catch (NonFiniteLossException e) {
            return Double.NaN;
        }
    }
}
