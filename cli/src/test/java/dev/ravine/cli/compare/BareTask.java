package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.cli.problem.TaskMetric;
import java.util.List;
import java.util.Optional;

/** Tasks without a net and without data, for tests of code that reads only names, metrics and the weight of L2. */
final class BareTask {
    private BareTask() {}

    static Task of(double l2, TaskMetric... metrics) {
        return new Task(
                "data",
                "net",
                null,
                null,
                null,
                null,
                l2,
                List.of(metrics),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
