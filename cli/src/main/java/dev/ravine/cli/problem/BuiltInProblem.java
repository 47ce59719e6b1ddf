package dev.ravine.cli.problem;

import dev.ravine.optim.training.Budget;
import java.util.List;

/** A problem of the tool itself, by its name and by what is chosen unless the command line says otherwise. */
abstract class BuiltInProblem implements Problem {
    private final String name;
    private final Defaults defaults;

    /**
     * What is chosen unless the command line says otherwise.
     *
     * @param hidden widths of the hidden layers
     * @param l2 weight of L2
     * @param budget of each optimizer
     * @param optimizers which are compared
     */
    record Defaults(List<Integer> hidden, double l2, Budget budget, List<String> optimizers) {}

    BuiltInProblem(String name, Defaults defaults) {
        this.name = name;
        this.defaults = defaults;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<Integer> hidden() {
        return defaults.hidden();
    }

    @Override
    public final double l2() {
        return defaults.l2();
    }

    @Override
    public final Budget budget() {
        return defaults.budget();
    }

    @Override
    public final List<String> optimizers() {
        return defaults.optimizers();
    }
}
