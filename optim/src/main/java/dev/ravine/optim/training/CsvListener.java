package dev.ravine.optim.training;

import dev.ravine.core.Check;
import dev.ravine.optim.StepReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;

/**
 * Writes {@code steps.csv}, a row for each step, and {@code measurements.csv}, a row for each figure that is measured.
 * Each row is written out before the next step begins. A run that goes on appends, after removing the rows of steps
 * that it makes again.
 */
public final class CsvListener implements TrainingListener {
    private static final List<StepColumn> STEPS = List.of(
            StepColumn.STEP,
            StepColumn.EPOCHS,
            StepColumn.SECONDS,
            StepColumn.GRADIENTS,
            StepColumn.LOSS,
            StepColumn.LOSS_AFTER,
            StepColumn.GRADIENT_NORM,
            StepColumn.STEP_NORM,
            StepColumn.EXAMPLES,
            StepColumn.ACCEPTED);
    private static final String MEASUREMENTS = "step,epochs,seconds,gradients,figure,value\n";

    private final StepLines steps;
    private final StepLines measurements;

    /**
     * Writes nothing before training begins.
     *
     * @param folder of this run, made if there is none
     */
    public CsvListener(Path folder) {
        this.steps = new StepLines(folder.resolve("steps.csv"), CsvListener::step);
        this.measurements = new StepLines(folder.resolve("measurements.csv"), CsvListener::step);
    }

    private static long step(String line) {
        return line.startsWith("step,") ? -1 : Long.parseLong(line.substring(0, line.indexOf(',')));
    }

    private static String row(Object... values) {
        return CSVFormat.DEFAULT.format(values);
    }

    @Override
    public void onStart(String optimizer, Budget budget, Progress progress) {
        steps.open(progress.steps(), String.join(",", StepColumn.headings(STEPS)) + "\n");
        measurements.open(progress.steps(), MEASUREMENTS);
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        steps.write(row(STEPS.stream().map(c -> c.value(step, progress)).toArray()));
    }

    @Override
    public void onMeasured(Map<String, Double> figures, Progress progress) {
        Check.noNullsIn("the figures", figures)
                .forEach((name, value) -> measurements.write(row(
                        progress.steps(), progress.epochs(), progress.seconds(), progress.gradients(), name, value)));
    }

    @Override
    public void onClose() {
        steps.close();
        measurements.close();
    }
}
