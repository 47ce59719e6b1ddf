package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.cli.problem.TaskMetric;
import dev.ravine.optim.training.Budget;
import java.util.List;
import java.util.Optional;

/**
 * The figures of a comparison.
 *
 * @param problem the name of the problem
 * @param task the net and its data
 * @param parameters how many the net has
 * @param budget of each run
 * @param seeds of all starts, begun or not
 * @param contenders in the order in which they were given
 * @param machine what computed, for people
 */
public record Comparison(
        String problem,
        Task task,
        long parameters,
        Budget budget,
        List<Long> seeds,
        List<Contender> contenders,
        String machine) {
    /**
     * An optimizer and its runs.
     *
     * @param name as people say it, different from the others
     * @param optimizer as it ran
     * @param tuning the trials of its main setting, if it was tuned
     * @param runs one for each start that was begun
     */
    public record Contender(String name, OptimizerSpec optimizer, Optional<Tuning> tuning, List<Run> runs) {
        /**
         * {@return a metric at the ends of its runs}
         *
         * @param metric of the task
         */
        public Seeds.Range last(TaskMetric metric) {
            return Seeds.last(runs, point -> point.figures().get(metric.name()));
        }

        /**
         * {@return whether one of its runs met a loss that is not finite, or ended with one}
         *
         * @param objective of the task
         */
        public boolean isBroken(TaskMetric objective) {
            return runs.stream()
                    .anyMatch(run -> run.end() == Run.End.NOT_FINITE
                            || !Double.isFinite(run.last().figures().get(objective.name())));
        }
    }

    /** {@return whether every optimizer had its whole budget from every start, unless its loss was not finite} */
    public boolean isComplete() {
        return contenders.stream()
                .allMatch(c -> c.runs().size() == seeds.size()
                        && c.runs().stream().noneMatch(run -> run.end() == Run.End.INTERRUPTED));
    }
}
