package dev.ravine.cli.problem;

import dev.ravine.core.data.LongTermTasks;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import java.util.List;

/** The sum of two marked numbers of a long sequence (Hochreiter and Schmidhuber, 1997), by a recurrent net. */
public final class AdditionProblem extends BuiltInProblem {
    private static final double TOLERANCE = 0.04;

    private static final Metric WRONG = new Metric(
            "wrong %",
            false, (outputs, data) -> 100 * Metric.beyond(TOLERANCE).figure().applyAsDouble(outputs, data));

    /** For {@link java.util.ServiceLoader}. */
    public AdditionProblem() {
        super(
                "addition",
                new Defaults(
                        List.of(),
                        0,
                        Budget.seconds(60),
                        List.of("adam:lr=1e-3,clip=1", "nesterov:lr=0.01,mu=0.9,clip=1", "hf:lambda=0.1")));
    }

    @Override
    public Task task(Choices choices) {
        int length = LongTerm.length(this, choices);
        TrainTest set = new TrainTest(
                LongTermTasks.addition(LongTerm.EXAMPLES, length, 1),
                LongTermTasks.addition(LongTerm.EXAMPLES, length, 2));
        return LongTerm.task(this, set, 1, Loss::meanSquaredError, choices)
                .metric(TaskMetric.training("training wrong %", WRONG))
                .metric(TaskMetric.test("test wrong %", WRONG))
                .build();
    }
}
