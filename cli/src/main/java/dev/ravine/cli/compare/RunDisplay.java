package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.cli.report.Figure;
import dev.ravine.cli.report.Lines;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.TrainingListener;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Shows how far all runs are, the time left, and the run that has the turn: as a bar on a terminal, written over again
 * and again, elsewhere as a line every few seconds.
 */
public final class RunDisplay {
    private static final double SECONDS_BETWEEN_LINES = 5;
    private static final double SECONDS_BETWEEN_BARS = 0.25;
    /** What a terminal shows of Ctrl-C, which must not begin a line of its own. */
    private static final int ECHO = "^C".length();

    private static final int PARTS = 12;
    private static final double NANOS = 1e9;

    private final PrintWriter out;
    private final PrintWriter bar;
    private final int width;
    private final double budgets;
    private final List<Shown> runs = new ArrayList<>();
    /** Of one budget, 0 if budgets are not in seconds. */
    private double seconds;

    private long begin;
    private long drawn;
    private boolean isBarDrawn;

    /**
     * A display that shows nothing yet.
     *
     * @param out where lines go
     * @param bar where the bar is drawn; null where there is no terminal
     * @param budgets how many budgets all runs spend together
     */
    public RunDisplay(PrintWriter out, PrintWriter bar, double budgets) {
        this.out = out;
        this.bar = bar;
        this.width = Lines.width();
        this.budgets = budgets;
    }

    /** Takes the steps of a run that will spend a part of a budget. */
    Shown run(String name, double share) {
        Shown run = new Shown(name, share);
        runs.add(run);
        return run;
    }

    /** A run that is shown; only one makes steps at a time. */
    final class Shown implements TrainingListener {
        private final String name;
        private final double share;
        private double spent;

        private Shown(String name, double share) {
            this.name = name;
            this.share = share;
        }

        @Override
        public void onStart(String optimizer, Budget budget, Progress progress) {
            long now = System.nanoTime();
            seconds = budget.unit() == Budget.Unit.SECONDS ? budget.amount() : 0;
            begin = begin == 0 ? now : begin;
            drawn = drawn == 0 ? now : drawn;
        }

        @Override
        public void onStep(StepReport step, Progress progress) {
            spent = Math.min(1, progress.spent());
            long now = System.nanoTime();
            if ((now - drawn) / NANOS >= (bar != null ? SECONDS_BETWEEN_BARS : SECONDS_BETWEEN_LINES)) {
                drawn = now;
                double rate = progress.steps() / progress.seconds();
                draw(String.format(Locale.ROOT, "%s: loss %.4g, %.4g steps/s", name, step.loss(), rate));
            }
        }

        @Override
        public void onClose() {
            spent = 1;
        }

        /** Prints the main figures of the run. */
        void show(Run run, Task task) {
            Progress at = run.last().progress();
            StringBuilder text = new StringBuilder(name + ": ");
            text.append(figure(task.objective().name(), run));
            task.test().ifPresent(test -> text.append(", ").append(figure(test.name(), run)));
            text.append(String.format(
                    Locale.ROOT, " after %.4g s and %s gradients", at.seconds(), Figure.text(at.gradients())));
            if (!run.note().isEmpty()) {
                text.append("; ended early: ").append(run.note());
            }
            clear();
            (bar == null ? List.of(text.toString()) : Lines.wrap(text.toString(), width, "    ")).forEach(out::println);
            out.flush();
        }

        private static String figure(String metric, Run run) {
            return Figure.named(metric, run.last().figures().get(metric));
        }
    }

    /** {@return how far all runs are, in a few words} */
    String state() {
        double all = share();
        return all == 0
                ? "Training begins"
                : String.format(
                        Locale.ROOT, "Training: %.0f %%, about %.0f s left", Math.floor(100 * all), secondsLeft(all));
    }

    private double share() {
        return runs.stream().mapToDouble(r -> r.share * r.spent).sum() / budgets;
    }

    /**
     * As the time so far tells. A budget in seconds says itself how long training takes, and measurements take no longer
     * than that or {@value TrainingRun#PATIENCE_SECONDS} seconds; so slow first steps, which compile code, do not count much.
     */
    private double secondsLeft(double all) {
        double told = (System.nanoTime() - begin) / NANOS * (1 - all) / all;
        double training = seconds * budgets * (1 - all);
        return seconds == 0 ? told : Math.min(Math.max(told, training), 2 * training + TrainingRun.PATIENCE_SECONDS);
    }

    /** Ends the bar's line. */
    void clear() {
        if (isBarDrawn) {
            bar.print("\r" + " ".repeat(width - 1) + "\r");
            bar.flush();
            isBarDrawn = false;
        }
    }

    private void draw(String state) {
        double all = share();
        double left = secondsLeft(all);
        if (bar == null) {
            out.printf(Locale.ROOT, "%.0f %%, %.0f s left; %s%n", 100 * all, left, state);
            out.flush();
            return;
        }
        int done = (int) Math.round(PARTS * all);
        String line = String.format(
                Locale.ROOT,
                "%3.0f%% [%s%s] %.0f s left  %s",
                100 * all,
                "=".repeat(done),
                " ".repeat(PARTS - done),
                left,
                state);
        String shown = Lines.cut(line, width - 1 - ECHO);
        bar.print("\r" + shown + " ".repeat(width - 1 - shown.length()));
        bar.flush();
        isBarDrawn = true;
    }
}
