package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.optim.training.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The runs from one start while they go on. Each runs in a thread of its own; only the one that has the turn calls
 * this.
 */
final class SoFar {
    private final String problem;
    private final Task task;
    private final Budget budget;
    private final Audience audience;
    private final RunDisplay display;
    private final String machine;
    private final List<Comparison.Contender> contenders = new ArrayList<>();
    private final List<Optional<Supplier<Run>>> runs = new ArrayList<>();
    private long seed;

    SoFar(String problem, Task task, Budget budget, Audience audience, RunDisplay display, String machine) {
        this.problem = problem;
        this.task = task;
        this.budget = budget;
        this.audience = audience;
        this.display = display;
        this.machine = machine;
    }

    /** Begins with a start; the contenders have no runs yet. */
    void begin(long start, List<Comparison.Contender> all) {
        seed = start;
        contenders.clear();
        contenders.addAll(all);
        runs.clear();
        all.forEach(c -> runs.add(Optional.empty()));
        show();
    }

    /** Shows how far all is while runs that do not count go on. */
    void passed() {
        if (audience.isWaiting()) {
            show();
        }
    }

    /** Takes what a run did up to now. */
    void stepped(int contender, Supplier<Run> run) {
        runs.set(contender, Optional.of(run));
        if (audience.isWaiting()) {
            show();
        }
    }

    /** Takes a whole run. */
    void ended(int contender, Run run) {
        runs.set(contender, Optional.of(() -> run));
        show();
    }

    private void show() {
        List<Comparison.Contender> now = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            Comparison.Contender c = contenders.get(i);
            now.add(new Comparison.Contender(
                    c.name(),
                    c.optimizer(),
                    c.tuning(),
                    runs.get(i).map(run -> List.of(run.get())).orElse(List.of())));
        }
        long parameters = task.net().parameterVector().size();
        audience.show(new Comparison(problem, task, parameters, budget, List.of(seed), now, machine), display.state());
    }
}
