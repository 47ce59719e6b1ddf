package dev.ravine.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.cli.problem.Task;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvennessTest {
    private static final double NAN = Double.NaN;

    /** A run of 10 seconds. */
    private static Comparison.Contender contender(String name, double cpuSeconds, List<Double> paces) {
        Run.Point end = new Run.Point(new Progress(1, 1, 1, 10, 1, 1), Map.of("loss", 1.0));
        Run.Course course = new Run.Course(
                List.of(), List.of(), new Pace(cpuSeconds, paces), List.of(), Optional.empty(), Optional.empty());
        Run run = new Run(OptimizerSpec.parse(name), 1, List.of(end), course, Run.End.BUDGET, "", List.of());
        return new Comparison.Contender(name, run.optimizer(), Optional.empty(), List.of(run));
    }

    private static Evenness evenness(Budget budget, Comparison.Contender... contenders) {
        TaskMetric loss = new TaskMetric("loss", false, TaskMetric.Kind.OBJECTIVE, 0, net -> 0);
        Task task = BareTask.of(0, loss);
        return new Evenness(
                new Comparison("classify", task, 10, budget, List.of(1L), List.of(contenders), "this machine"));
    }

    /** Twenty parts at a pace, of which some were at another. */
    private static List<Double> paces(int others, double pace) {
        List<Double> all = new ArrayList<>(Collections.nCopies(20 - others, 10.0));
        all.addAll(Collections.nCopies(others, pace));
        return all;
    }

    @Test
    void aSteadyRaceIsNotDoubted() {
        Evenness even =
                evenness(Budget.seconds(10), contender("adam", 15, paces(8, 7)), contender("hf", 12.5, paces(8, 14)));
        assertThat(even.doubt()).isEmpty();
        assertThat(even.table().orElseThrow().rows())
                .containsExactly(List.of("adam", 1.5, 0.7, 1.0), List.of("hf", 1.25, 1.0, 1.4));
    }

    @Test
    void whoWasClearlySlowerOrFasterAtTimesIsNamed() {
        Evenness uneven = evenness(
                Budget.seconds(10),
                contender("adam", 15, paces(8, 6)),
                contender("sgd", 15, paces(0, 0)),
                contender("hf", 15, paces(8, 16)));
        assertThat(uneven.doubt().orElse(""))
                .startsWith("The race was uneven: the work a second of adam and hf varied by more than a half");
    }

    /** One part of twenty is chance: a tenth of the parts must be out of the way. */
    @Test
    void aSingleSlowPartIsNoReasonToDoubt() {
        assertThat(evenness(Budget.seconds(10), contender("adam", 15, paces(1, 1)))
                        .doubt())
                .isEmpty();
        assertThat(evenness(Budget.seconds(10), contender("adam", 15, paces(4, 1)))
                        .doubt())
                .isPresent();
    }

    @Test
    void fewPartsSayNothingAndOtherBudgetsNeedNothing() {
        assertThat(evenness(Budget.seconds(10), contender("adam", 15, List.of(1.0, 9.0, 1.0, 9.0)))
                        .doubt())
                .isEmpty();
        assertThat(evenness(Budget.gradients(10), contender("adam", 15, paces(8, 1)))
                        .doubt())
                .isEmpty();
    }

    @Test
    void withoutProcessorTimeThereIsNothingToSay() {
        assertThat(evenness(Budget.seconds(10), contender("adam", NAN, paces(0, 0)))
                        .table())
                .isEmpty();
    }
}
