package dev.ravine.cli.problem;

import dev.ravine.core.data.LongTermTasks;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.optim.training.Metric;

/** The order of two marked symbols of a long sequence (Hochreiter and Schmidhuber, 1997), by a recurrent net. */
public final class TemporalOrderProblem extends BuiltInProblem {
    private static final Metric WRONG =
            LongTerm.wrong((outputs, data) -> 1 - Metric.accuracy().figure().applyAsDouble(outputs, data));

    /** For {@link java.util.ServiceLoader}. */
    public TemporalOrderProblem() {
        super("temporal-order", LongTerm.DEFAULTS);
    }

    @Override
    public Task task(Choices choices) {
        int length = LongTerm.length(this, choices);
        TrainTest set = new TrainTest(
                LongTermTasks.temporalOrder(LongTerm.EXAMPLES, length, 2, 1),
                LongTermTasks.temporalOrder(LongTerm.EXAMPLES, length, 2, 2));
        return LongTerm.task(this, set, 4, Loss::softmaxCrossEntropy, WRONG, choices);
    }
}
