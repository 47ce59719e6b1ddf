package dev.ravine.optim.training;

import dev.ravine.optim.StepReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes event files for TensorBoard ({@code tensorboard --logdir DIR}): each step's report as scalars {@code
 * step/loss}, {@code step/loss_after}, {@code step/gradient_norm}, {@code step/step_norm}, {@code step/examples},
 * {@code step/cost} and {@code step/accepted} (0 or 1); the run's {@code progress/epochs}, {@code progress/seconds} and
 * {@code progress/gradients}; what a quadratic model did as {@code model/damping}, {@code model/ratio},
 * {@code model/iterations} and {@code model/smallest_curvature}; further numbers of the optimizer, such as
 * {@code optimizer/learning_rate}; and every measured figure, as in {@code measured/validation accuracy}.
 *
 * <p>The step of an event is the number of steps of the whole run. Numbers are kept in single precision, as TensorBoard
 * does: a finite number beyond its range becomes infinite. What the optimizer does not know is left out, such as a loss
 * after the step that it does not measure. Each record is written out before the next step begins.
 *
 * <p>Each start of training makes a file of its own. Where a run goes on from a checkpoint, TensorBoard shows the steps
 * up to the checkpoint from the earlier files and the later ones from the new file. A run of its own needs a folder of
 * its own: beside other files, it replaces what they show.
 */
public final class TensorBoardListener implements TrainingListener {
    private final Path folder;
    private EventFile file;

    /**
     * Writes nothing before training begins.
     *
     * @param folder of this run, made if there is none; folders side by side are runs to compare
     */
    public TensorBoardListener(Path folder) {
        this.folder = folder;
    }

    @Override
    public void onStart(String optimizer, Budget budget, Progress progress) {
        onClose();
        file = EventFile.create(folder, progress.steps());
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        requireOpen();
        Map<String, Double> scalars = new LinkedHashMap<>();
        scalars.put("step/loss", step.loss());
        putIfKnown(scalars, "step/loss_after", step.lossAfter());
        scalars.put("step/gradient_norm", step.gradientNorm());
        scalars.put("step/step_norm", step.stepNorm());
        scalars.put("step/examples", (double) step.examples());
        scalars.put("step/cost", step.cost());
        scalars.put("step/accepted", step.accepted() ? 1.0 : 0.0);
        scalars.put("progress/epochs", progress.epochs());
        scalars.put("progress/seconds", progress.seconds());
        scalars.put("progress/gradients", progress.gradients());
        step.model().ifPresent(model -> {
            putIfKnown(scalars, "model/damping", model.damping());
            putIfKnown(scalars, "model/ratio", model.ratio());
            scalars.put("model/iterations", (double) model.iterations());
            putIfKnown(scalars, "model/smallest_curvature", model.smallestCurvature());
        });
        step.telemetry().forEach((name, value) -> scalars.put("optimizer/" + name, value));
        file.write(progress.steps(), scalars);
    }

    private void requireOpen() {
        if (file == null) {
            throw new IllegalStateException(
                    folder + ": is not open; a listener writes from onStart, which a trainer calls first, to onClose");
        }
    }

    /** In reports, a number that is not known is NaN, or an infinite curvature. */
    private static void putIfKnown(Map<String, Double> scalars, String tag, double value) {
        if (!Double.isNaN(value) && value != Double.POSITIVE_INFINITY) {
            scalars.put(tag, value);
        }
    }

    @Override
    public void onMeasured(Map<String, Double> figures, Progress progress) {
        requireOpen();
        Map<String, Double> scalars = new LinkedHashMap<>();
        figures.forEach((name, value) -> scalars.put("measured/" + name, value));
        file.write(progress.steps(), scalars);
    }

    @Override
    public void onClose() {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
