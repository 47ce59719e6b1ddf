package dev.ravine.optim.training;

import dev.ravine.core.Check;
import dev.ravine.core.FluentBuilder;
import dev.ravine.core.data.DataSet;
import dev.ravine.optim.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Settings of a run that do not depend on where its data are.
 *
 * @param <B> the builder itself
 */
abstract class TrainerSettings<B extends TrainerSettings<B>> extends FluentBuilder<B> {
    final List<TrainingListener> listeners = new ArrayList<>();
    final Set<String> changeable = new TreeSet<>();
    Optimizer optimizer;
    Budget budget;
    CheckpointFolder checkpoints;
    long checkpointEvery;
    NonFinitePolicy nonFinite = NonFinitePolicy.STOP;
    int nonFiniteLimit = 10;

    private final List<Metric> metrics = new ArrayList<>();
    private DataSet validation;
    private int patience;
    private double leastGain;
    private boolean keepsBest;

    /**
     * Sets the optimizer, which also decides on the number of examples per step.
     *
     * @param used a new one, or one that continues; the caller closes it
     * @return this
     */
    public B optimizer(Optimizer used) {
        this.optimizer = used;
        return self();
    }

    /**
     * How long to train.
     *
     * @param limit of the whole run, what was spent before a resume included
     * @return this
     */
    public B budget(Budget limit) {
        this.budget = limit;
        return self();
    }

    /**
     * Measures the model at the end of each epoch and of training. Figures are named "validation " and the metric's
     * name; those of the optimizer's averaged parameters, if it has them, "averaged validation " and the name.
     *
     * @param held data that are not trained on, of the net's dtype
     * @param figures at least one, of different names
     * @return this
     * @throws IllegalArgumentException if there are none, or two of one name
     */
    public B validation(DataSet held, Metric... figures) {
        if (Check.noNullsIn("metrics", figures).length == 0) {
            throw new IllegalArgumentException("validation needs at least one metric, such as Metric.accuracy()");
        }
        if (Arrays.stream(figures).map(Metric::name).distinct().count() < figures.length) {
            throw new IllegalArgumentException("each metric needs a name of its own, found "
                    + Arrays.stream(figures).map(Metric::name).toList());
        }
        this.validation = Objects.requireNonNull(held, "held");
        metrics.clear();
        metrics.addAll(List.of(figures));
        return self();
    }

    /**
     * Stops when the first metric has not become better for a number of measurements.
     *
     * @param measurements at least 1
     * @param gain by how much a value must be better to count, not negative
     * @return this
     */
    public B earlyStopping(int measurements, double gain) {
        if (measurements < 1 || !(gain >= 0)) {
            throw new IllegalArgumentException("early stopping needs a patience of at least 1 and a gain that is not"
                    + " negative, found " + measurements + " and " + gain);
        }
        this.patience = measurements;
        this.leastGain = gain;
        return self();
    }

    /** {@return self(); at the end gives the model the parameters with which the first metric was best} */
    public B keepBest() {
        this.keepsBest = true;
        return self();
    }

    /**
     * Saves checkpoints, and continues from the latest one if there is one. The last one is written when training
     * ends, even if a loss that is not finite ends it. The run holds a lock on the folder while it trains.
     *
     * <p>A run continues only with the settings of the saved run: those of the optimizer, the model and its loss, the
     * data, and what is measured. {@link #allowChanged} lets some differ.
     *
     * @param folder of this run alone
     * @param everySteps at least 1
     * @return this
     */
    public B checkpoints(CheckpointFolder folder, long everySteps) {
        if (everySteps < 1) {
            throw new IllegalArgumentException("checkpoints are written every 1 or more steps, found " + everySteps);
        }
        this.checkpoints = folder;
        this.checkpointEvery = everySteps;
        return self();
    }

    /**
     * Sets what to do when a loss or gradient is not finite.
     *
     * @param policy to stop without it
     * @param inARow how many such steps in a row are allowed before training ends; at least 1
     * @return this
     */
    public B nonFinite(NonFinitePolicy policy, int inARow) {
        if (inARow < 1) {
            throw new IllegalArgumentException("the limit of steps in a row must be at least 1, found " + inARow);
        }
        this.nonFinite = policy;
        this.nonFiniteLimit = inARow;
        return self();
    }

    /**
     * Adds a listener.
     *
     * @param listener called after those added before
     * @return this
     */
    public B listener(TrainingListener listener) {
        listeners.add(listener);
        return self();
    }

    /**
     * Lets settings differ from those of the run that wrote the checkpoint, such as {@code "learning_rate"} for a lower
     * rate from here on. The run then equals no uninterrupted run. Settings of the objective cannot differ: to train
     * on other data or with another loss, begin a new run from the saved parameters.
     *
     * @param names as the error of a run that was refused gives them
     * @return this
     */
    public B allowChanged(String... names) {
        changeable.addAll(List.of(Check.noNullsIn("the names of settings", names)));
        return self();
    }

    final Measurements measurements() {
        boolean watches = patience > 0 || keepsBest;
        Metric first = watches ? metrics.get(0) : null;
        EarlyStopping watch = watches
                ? new EarlyStopping("validation " + first.name(), first.isBetterWhenLarger(), patience, leastGain)
                : null;
        return new Measurements(validation, List.copyOf(metrics), watch, keepsBest);
    }

    /** Checks that nothing is missing. */
    final void requireComplete() {
        if (optimizer == null) {
            throw new IllegalStateException("a run needs an optimizer(...)");
        }
        if (budget == null) {
            throw new IllegalStateException("a run needs a budget(...), such as Budget.epochs(10)");
        }
        if ((patience > 0 || keepsBest) && validation == null) {
            throw new IllegalStateException(
                    "early stopping and keeping the best look at the first metric of validation(...), which is missing");
        }
    }
}
