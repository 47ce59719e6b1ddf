package dev.ravine.cli.command;

import dev.ravine.cli.report.Figure;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints a line on training every few seconds, and ends training when it is interrupted. */
final class TrainingLines implements TrainingListener {
    private static final double SECONDS_BETWEEN_LINES = 5;

    private final PrintWriter out;
    private final Interruption interruption;
    private Trainer trainer;
    private double shown;

    TrainingLines(PrintWriter out, Interruption interruption) {
        this.out = out;
        this.interruption = interruption;
    }

    /** Which trainer to stop. */
    void stopOnInterruption(Trainer listened) {
        this.trainer = listened;
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        if (interruption.isRequested()) {
            trainer.stop();
        }
        if (progress.seconds() - shown >= SECONDS_BETWEEN_LINES) {
            shown = progress.seconds();
            out.printf(
                    Locale.ROOT,
                    "training: step %d, %.0f %%, %.0f s left, loss %s%n",
                    progress.steps(),
                    100 * Math.min(1, progress.spent()),
                    progress.seconds() * Math.max(0, 1 / progress.spent() - 1),
                    Figure.text(step.loss()));
            out.flush();
        }
    }
}
