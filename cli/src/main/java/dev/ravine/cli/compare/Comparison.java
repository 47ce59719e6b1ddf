package dev.ravine.cli.command;

import dev.ravine.optim.training.Budget;
import java.util.List;
import java.util.Optional;

/**
 * What was measured.
 *
 * @param problem its name
 * @param task the net and its data
 * @param parameters how many the net has
 * @param budget of each run
 * @param seeds of the starts that were to be made
 * @param contenders in the order in which they were given
 */
record Comparison(
        String problem, Task task, long parameters, Budget budget, List<Long> seeds, List<Contender> contenders) {
    /**
     * An optimizer and its runs.
     *
     * @param optimizer as it ran
     * @param tuning how its setting was chosen, if it was
     * @param runs one for each start that was begun
     */
    record Contender(OptimizerSpec optimizer, Optional<Tuning> tuning, List<Run> runs) {
        String name() {
            return optimizer.text();
        }

        /** A measure where its runs end. */
        Seeds.Range last(Measure measure) {
            return Seeds.last(runs, point -> point.figures().get(measure.name()));
        }

        /** Whether one of its runs met a loss that is not finite, or ended with one. */
        boolean isBroken(Measure objective) {
            return runs.stream()
                    .anyMatch(run -> run.end() == Run.End.NOT_FINITE
                            || !Double.isFinite(run.last().figures().get(objective.name())));
        }
    }

    /** Whether every optimizer had its budget from every start, but for those whose loss was not finite. */
    boolean isComplete() {
        return contenders.stream()
                .allMatch(c -> c.runs().size() == seeds.size()
                        && c.runs().stream().noneMatch(run -> run.end() == Run.End.INTERRUPTED));
    }
}
