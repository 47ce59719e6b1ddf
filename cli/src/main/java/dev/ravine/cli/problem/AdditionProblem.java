package dev.ravine.cli.problem;

import dev.ravine.core.data.LongTermTasks;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.optim.training.Metric;

/** The sum of two marked numbers of a long sequence (Hochreiter and Schmidhuber, 1997), by a recurrent net. */
public final class AdditionProblem extends BuiltInProblem {
    private static final double TOLERANCE = 0.04;

    private static final Metric WRONG = LongTerm.wrong(Metric.beyond(TOLERANCE).figure());

    /** For {@link java.util.ServiceLoader}. */
    public AdditionProblem() {
        super("addition", LongTerm.DEFAULTS);
    }

    @Override
    public Task task(Choices choices) {
        int length = LongTerm.length(this, choices);
        TrainTest set = new TrainTest(
                LongTermTasks.addition(LongTerm.EXAMPLES, length, 1),
                LongTermTasks.addition(LongTerm.EXAMPLES, length, 2));
        return LongTerm.task(this, set, 1, Loss::meanSquaredError, WRONG, choices);
    }
}
