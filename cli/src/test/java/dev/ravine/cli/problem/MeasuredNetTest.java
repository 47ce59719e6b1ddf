package dev.ravine.cli.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.DType;
import dev.ravine.core.data.Csv;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasuredNetTest {
    private static Task task() throws IOException {
        Task task = Problems.of("regress")
                .task(new Problem.Choices(
                        null, null, Csv.reader(), List.of(), 0.25, null, NetChoice.NONE, null, null, List.of()));
        task.net().initialize(DType.FLOAT64, 1);
        return task;
    }

    /** The loss is computed once for both figures, and its bits are those of an objective with L2. */
    @Test
    void theObjectiveIsThatOfTraining() throws IOException {
        Task task = task();
        try (MeasuredNet measured = task.measured();
                SupervisedObjective objective = SupervisedObjective.builder(
                                task.net(), task.loss(), task.set().train())
                        .l2(task.l2())
                        .build()) {
            assertThat(task.figures(measured).values().iterator().next())
                    .isEqualTo(measured.objective())
                    .isEqualTo(objective.value(objective.theta(), Scope.all()))
                    .isGreaterThan(measured.loss());
        }
    }

    @Test
    void eachMeasurementIsOfTheParametersAsTheyStand() throws IOException {
        Task task = task();
        try (MeasuredNet measured = task.measured()) {
            double before = task.figures(measured).get("training objective");
            Vectors.scale(0.5, task.net().parameterVector().array());
            task.net().parameterVector().touch();
            assertThat(task.figures(measured).get("training objective"))
                    .isNotEqualTo(before)
                    .isEqualTo(measured.objective());
        }
    }
}
