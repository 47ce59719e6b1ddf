package dev.ravine.cli.compare;

import dev.ravine.cli.report.Figure;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows the progress of runs with their rate and the time left: as a bar on a terminal, elsewhere as a line every few
 * seconds.
 */
public final class RunDisplay implements TrainingListener {
    private static final int PARTS = 1000;
    private static final double SECONDS_BETWEEN_LINES = 5;
    private static final double SECONDS_BETWEEN_BARS = 0.25;
    private static final int WIDTH = 80;

    private final PrintWriter out;
    private final boolean isTerminal;
    private final double budgets;
    private long begin;
    private double doneBudgets;
    private String label = "";
    private double weight;
    private ProgressBar bar;
    private long started;
    private long shown;

    /**
     * A display that shows nothing yet.
     *
     * @param out where lines go
     * @param isTerminal whether to draw a bar
     * @param budgets how many budgets all runs spend together
     */
    public RunDisplay(PrintWriter out, boolean isTerminal, double budgets) {
        this.out = out;
        this.isTerminal = isTerminal;
        this.budgets = budgets;
    }

    /** Announces a run that will spend a part of a budget. */
    void next(String what, double budget) {
        label = what;
        weight = budget;
    }

    @Override
    public void onStart(String optimizer, Budget budget, Progress progress) {
        started = System.nanoTime();
        shown = started;
        begin = doneBudgets == 0 ? started : begin;
        if (isTerminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName(label)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setInitialMax(PARTS)
                    .setUpdateIntervalMillis(250)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, width(System.getenv("COLUMNS"))))
                    .build();
        }
    }

    /** Asked of a terminal library, the width would cost the answer to SIGINT, which such libraries take over. */
    static int width(String columns) {
        return columns != null && columns.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(columns) : WIDTH;
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        long now = System.nanoTime();
        if ((now - shown) / 1e9 < (isTerminal ? SECONDS_BETWEEN_BARS : SECONDS_BETWEEN_LINES)) {
            return;
        }
        shown = now;
        double spent = Math.min(1, progress.spent());
        double all = (doneBudgets + weight * spent) / budgets;
        double leftOfAll = (now - begin) / 1e9 * (1 - all) / all;
        double rate = progress.steps() / ((now - started) / 1e9);
        String state =
                String.format(Locale.ROOT, "loss %.4g, %.4g steps/s, all done in %.0f s", step.loss(), rate, leftOfAll);
        if (isTerminal) {
            bar.stepTo(Math.round(PARTS * spent));
            bar.setExtraMessage(state);
        } else {
            double left = (now - started) / 1e9 * (1 - spent) / spent;
            out.printf(Locale.ROOT, "%s: %.0f %%, %.0f s left, %s%n", label, 100 * spent, left, state);
            out.flush();
        }
    }

    @Override
    public void onClose() {
        doneBudgets += weight;
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    /** Prints the figures of a run in a line. */
    void show(Run run) {
        Progress at = run.last().progress();
        StringBuilder text = new StringBuilder();
        run.last()
                .figures()
                .forEach((name, value) ->
                        text.append(", ").append(name).append(' ').append(Figure.text(value)));
        out.printf(
                Locale.ROOT,
                "%s: %s s, %s gradients%s%n",
                label,
                Figure.text(at.seconds()),
                Figure.text(at.gradients()),
                text);
        if (!run.note().isEmpty()) {
            out.println("    ended early: " + run.note());
        }
        out.flush();
    }
}
