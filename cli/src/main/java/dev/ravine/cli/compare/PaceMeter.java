package dev.ravine.cli.compare;

import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Measures the {@link Pace} of a run: the processor time within its steps, and its work a second part after part. */
final class PaceMeter {
    private static final double PARTS = 20;
    private static final double SHORTEST_PART_SECONDS = 0.2;

    private final DoubleSupplier cpu;
    private final double part;
    private final List<Double> paces = new ArrayList<>();
    private double cpuSeconds;
    private double before;
    private Progress begin;

    /**
     * A meter that has not begun.
     *
     * @param budget of the run; one of seconds has twenty parts
     * @param cpu the processor time of the process so far, in seconds
     */
    PaceMeter(Budget budget, DoubleSupplier cpu) {
        this.cpu = cpu;
        this.part = budget.unit() == Budget.Unit.SECONDS
                ? Math.max(SHORTEST_PART_SECONDS, budget.amount() / PARTS)
                : SHORTEST_PART_SECONDS;
    }

    /** Says where the run begins; a step follows after {@link #goOn}. */
    void begin(Progress progress) {
        begin = progress;
    }

    /** Says that the next step begins: what was done since the last one does not count. */
    void goOn() {
        before = cpu.getAsDouble();
    }

    /** Says that a step has ended. */
    void stepped(Progress progress) {
        cpuSeconds += cpu.getAsDouble() - before;
        double seconds = progress.seconds() - begin.seconds();
        if (seconds >= part) {
            paces.add((progress.gradients() - begin.gradients()) / seconds);
            begin = progress;
        }
    }

    /** The pace so far. */
    Pace pace() {
        return new Pace(cpuSeconds, List.copyOf(paces));
    }
}
