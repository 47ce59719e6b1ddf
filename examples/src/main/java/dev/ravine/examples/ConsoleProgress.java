package dev.ravine.examples;

import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.TrainingListener;
import dev.ravine.optim.training.TrainingResult;
import java.io.Console;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows a run: on a terminal as one line with a bar that is written over, elsewhere as a line every few seconds. */
public final class ConsoleProgress implements TrainingListener {
    private static final int PARTS = 20;
    private static final long NANOS_BETWEEN_LINES = 5_000_000_000L;
    private static final long NANOS_BETWEEN_UPDATES = 250_000_000L;

    private final boolean isTerminal;
    private Progress start;
    private long printed;
    private int shown;

    /** Looks for a terminal. */
    public ConsoleProgress() {
        this(isTerminal());
    }

    ConsoleProgress(boolean isTerminal) {
        this.isTerminal = isTerminal;
    }

    /**
     * Whether a person sees what is printed. From Java 22 on there is a console without a terminal too, and a method to
     * tell.
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
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        long now = System.nanoTime();
        if (now - printed < (isTerminal ? NANOS_BETWEEN_UPDATES : NANOS_BETWEEN_LINES)) {
            return;
        }
        printed = now;
        double seconds = progress.seconds() - start.seconds();
        double spent = Math.min(1, progress.spent());
        double left = seconds * (1 - spent) / (spent - start.spent());
        double rate = (progress.steps() - start.steps()) / seconds;
        String line = String.format(
                Locale.ROOT,
                "step %d, %.0f%%, %.0f s left, loss %.4f, %.1f steps/s",
                progress.steps(),
                100 * spent,
                left,
                step.loss(),
                rate);
        if (isTerminal) {
            int done = (int) (PARTS * spent);
            show("[" + "=".repeat(done) + " ".repeat(PARTS - done) + "] " + line);
        } else {
            System.out.println(line);
        }
    }

    /** Writes over the line that is shown; an empty text clears it. */
    private void show(String text) {
        System.out.print("\r" + text + " ".repeat(Math.max(0, shown - text.length())) + (text.isEmpty() ? "\r" : ""));
        System.out.flush();
        shown = text.length();
    }

    /** Prints a line that stays, above the line that is written over. */
    private void print(String text) {
        if (shown > 0) {
            show("");
        }
        System.out.println(text);
    }

    @Override
    public void onMeasured(Map<String, Double> figures, Progress progress) {
        String text = figures.entrySet().stream()
                .map(figure -> String.format(Locale.ROOT, "%s %.4g", figure.getKey(), figure.getValue()))
                .collect(Collectors.joining(", "));
        print(String.format(Locale.ROOT, "step %d, epoch %.2f: %s", progress.steps(), progress.epochs(), text));
    }

    @Override
    public void onWarning(String what, Progress progress) {
        print(what);
    }

    @Override
    public void onEnd(TrainingResult result) {
        print(String.format(
                Locale.ROOT,
                "ended after %d steps and %.1f s: %s",
                result.progress().steps(),
                result.progress().seconds(),
                result.end().reason()));
    }

    @Override
    public void onFailure(Throwable failure, Progress progress) {
        if (shown > 0) {
            show("");
        }
    }
}
