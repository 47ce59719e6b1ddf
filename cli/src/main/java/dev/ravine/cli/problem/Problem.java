package dev.ravine.cli.command;

import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A kind of task to compare optimizers on, and what is chosen for it unless the user chooses. */
interface Problem {
    /** Every problem. */
    List<Problem> ALL =
            List.of(new ClassifyProblem(), new AutoencodeProblem(), new RegressProblem(), new ConditionedProblem());

    /** The problem of a name, or an error that lists all. */
    static Problem of(String name) {
        return ALL.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no problem '" + name + "', but "
                        + ALL.stream().map(Problem::name).collect(Collectors.joining(", "))));
    }

    /** As it is written on the command line. */
    String name();

    /** Widths of the hidden layers. */
    List<Integer> hidden();

    /** The weight of L2. */
    double l2();

    /** What each optimizer may spend. */
    Budget budget();

    /** Which optimizers. */
    List<String> optimizers();

    /** Makes the task; an option that means nothing here is an error. */
    Task task(Choices choices) throws IOException;

    /**
     * What the user chose, with the problem's own values in place of what was not.
     *
     * @param data a folder of IDX files or a CSV file; null for the problem's own data
     * @param target the column of a CSV file that is to be learned; null if not given
     * @param hidden widths of the hidden layers
     * @param l2 weight of L2
     * @param condition the condition number; null if not given
     */
    record Choices(Path data, String target, List<Integer> hidden, double l2, Double condition) {
        void requireNoCondition(Problem problem) {
            require(condition == null, "--condition is for the problem conditioned, not for " + problem.name());
        }

        static void require(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
