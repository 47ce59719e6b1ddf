package dev.ravine.spark;

import dev.ravine.optim.StepReport;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.TrainingListener;

/**
 * The names of jobs in Spark's pages, such as "hf step 12, product 34". As a listener of a {@link
 * dev.ravine.optim.training.Trainer} it knows optimizer and step.
 */
public final class JobNames implements TrainingListener {
    private String where = "ravine";

    JobNames() {}

    /**
     * Says what the next jobs belong to.
     *
     * @param optimizer a short name
     * @param step the number of the step, from 1 on
     */
    public synchronized void at(String optimizer, long step) {
        where = optimizer + " step " + step;
    }

    synchronized String of(String what) {
        return where + ", " + what;
    }

    private String optimizer = "training";

    @Override
    public void onStart(String name, Budget budget, Progress progress) {
        optimizer = name;
        at(optimizer, progress.steps() + 1);
    }

    @Override
    public void onStep(StepReport step, Progress progress) {
        at(optimizer, progress.steps() + 1);
    }

    @Override
    public synchronized void onClose() {
        where = "ravine";
    }
}
