package dev.ravine.examples;

import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.TrainingListener;
import dev.ravine.optim.training.TrainingResult;
import java.io.Console;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a run: on a terminal as a bar with the time left, the loss and the rate, elsewhere as a line every few seconds. */
public final class ConsoleProgress implements TrainingListener {
    private static final int PARTS = 1000;
    private static final long NANOS_BETWEEN_LINES = 5_000_000_000L;

    private final boolean isTerminal;
    private ProgressBar bar;
    private Progress start;
    private long printed;

    /** Looks for a terminal. */
    public ConsoleProgress() {
        this(isTerminal());
    }

    ConsoleProgress(boolean isTerminal) {
        this.isTerminal = isTerminal;
    }

    /**
     * Whether a person sees what is printed. From Java 22 on there is a console without a terminal too, and a method to tell.
     *
     * @return false if output goes to a file or another program
     */
    @SuppressWarnings("SystemConsoleNull")
    public static boolean isTerminal() {
        Console console = System.console();
        try {
            return console != null
                    && (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    @Override
    public void onStart(String optimizer, Budget budget, Progress progress) {
        start = progress;
        printed = System.nanoTime();
        System.out.printf(Locale.ROOT, "%s for %s, from step %d%n", optimizer, budget, progress.steps());
        if (isTerminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName("training")
                    .setStyle(ProgressBarStyle.ASCII)
                    .setInitialMax(PARTS)
                    .setUpdateIntervalMillis(250)
                    .build();
        }
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        double seconds = progress.seconds() - start.seconds();
        double rate = (progress.steps() - start.steps()) / seconds;
        String state = String.format(Locale.ROOT, "loss %.4f, %.1f steps/s", step.loss(), rate);
        if (isTerminal) {
            bar.stepTo(Math.round(PARTS * Math.min(1, progress.spent())));
            bar.setExtraMessage(state);
        } else if (System.nanoTime() - printed >= NANOS_BETWEEN_LINES) {
            printed = System.nanoTime();
            double left = seconds * (1 - progress.spent()) / (progress.spent() - start.spent());
            System.out.printf(
                    Locale.ROOT,
                    "step %d, %.0f%%, %.0f s left, %s%n",
                    progress.steps(),
                    100 * progress.spent(),
                    left,
                    state);
        }
    }

    @Override
    public void onMeasured(Map<String, Double> figures, Progress progress) {
        System.out.printf(Locale.ROOT, "step %d, epoch %.2f: %s%n", progress.steps(), progress.epochs(), figures);
    }

    @Override
    public void onWarning(String what, Progress progress) {
        System.out.println(what);
    }

    @Override
    public void onEnd(TrainingResult result) {
        close();
        System.out.printf(
                Locale.ROOT,
                "ended by %s after %d steps and %.1f s%n",
                result.end(),
                result.progress().steps(),
                result.progress().seconds());
    }

    @Override
    public void onFailure(Throwable failure, Progress progress) {
        close();
    }

    private void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
