package dev.ravine.optim.training;

import dev.ravine.core.Arena;
import dev.ravine.core.Workers;
import dev.ravine.core.data.ExampleSource;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.RunningStatistics;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.ModelObjective;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.objective.Work;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The training loop: steps of one optimizer on one model until a budget is used up, with measurements, early stopping,
 * checkpoints and listeners on the way.
 *
 * <pre>{@code
 * TrainingResult result = Trainer.builder(net, Loss.softmaxCrossEntropy(), digits.train())
 *         .optimizer(Adam.builder().build())
 *         .validation(digits.test(), Metric.accuracy())
 *         .budget(Budget.epochs(10))
 *         .checkpoints(new CheckpointFolder(Path.of("runs/first"), 3), 500)
 *         .build()
 *         .train();
 * }</pre>
 *
 * <p>If the folder already holds a checkpoint, training continues from there, bit for bit as if it had never ended.
 * Only a budget of seconds can make a difference, because no two runs spend it alike. The budget may be larger than
 * before. Everything else must be as it was, unless {@link Builder#allowChanged} names it: a run with other settings of
 * the optimizer, another model, loss, data or measurement is refused.
 *
 * <p>The model is measured in evaluation mode, after each step that ends an epoch and when training ends. The clock
 * stands still meanwhile. A measurement in the middle of an epoch, made because training ends there, is not saved; so a
 * run that stopped and continued equals one that did not stop. If the optimizer has {@link Optimizer#averaged averaged}
 * parameters, each measurement is of them, too; the model ends with its own. Before each measurement, buffers of batch
 * normalizations get {@link RunningStatistics} of the training data, unless the run has an objective of the caller. A
 * trainer is used once and by one thread, except for {@link #stop}.
 */
public final class Trainer {
    private final Module net;
    private final Supplier<ModelObjective> objectives;
    private final ModelObjective given;
    private final ExampleSource trainingData;
    private final Optimizer optimizer;
    private final Budget budget;
    private final Measurements measurements;
    private final RunCheckpoints saves;
    private final Recovery recovery;
    private final Listeners listeners;
    private final RunState state = new RunState();
    private boolean hasBegun;
    private volatile boolean isStopped;
    private boolean isStalled;

    private Trainer(Builder builder) {
        this.net = builder.net;
        this.objectives = () -> builder.own.build();
        this.given = builder.given;
        this.trainingData = builder.data;
        this.optimizer = builder.optimizer;
        this.budget = builder.budget;
        this.measurements = builder.measurements();
        this.saves = new RunCheckpoints(builder, net, optimizer, state, measurements);
        this.recovery = new Recovery(builder.nonFinite, builder.nonFiniteLimit, optimizer);
        this.listeners = new Listeners(builder.listeners);
    }

    /**
     * {@return a builder of a run on data in this process; it needs an optimizer and a budget}
     *
     * @param net initialized
     * @param loss of its outputs and the data's targets
     * @param data to train on, of the net's dtype
     */
    public static Builder builder(Module net, Loss loss, ExampleSource data) {
        return new Builder(net, loss, data);
    }

    /**
     * {@return a builder of a run on an objective of the caller, which stays open; it needs an optimizer and a budget}
     * L2, workers, memory and the size of shards are the objective's own settings.
     *
     * @param net initialized
     * @param objective whose theta is the parameter vector of this net
     * @throws IllegalArgumentException if the objective trains another model
     */
    public static Builder builder(Module net, ModelObjective objective) {
        return new Builder(net, objective);
    }

    /**
     * Asks the run to finish its step, save and end. May be called from any thread, and before the run begins. An
     * interrupt of the training thread asks for the same, and stays set.
     */
    public void stop() {
        isStopped = true;
    }

    /**
     * Trains. The optimizer stays open.
     *
     * @return the result
     * @throws NonFiniteLossException if a step's loss is not finite and the policy is to stop, or gave up
     * @throws IllegalArgumentException if the checkpoint to go on from is of a run with another model, other data or
     *     other settings
     * @throws IllegalStateException if this trainer was used before
     * @throws IOException if a checkpoint cannot be read or written, those already written stay; or if another run uses
     *     the folder
     */
    public TrainingResult train() throws IOException {
        if (hasBegun) {
            throw new IllegalStateException("a trainer makes one run; build another one to go on");
        }
        hasBegun = true;
        if (given != null) {
            return train(given);
        }
        try (ModelObjective objective = objectives.get()) {
            return train(objective);
        }
    }

    private TrainingResult train(ModelObjective objective) throws IOException {
        try (saves) {
            saves.resume(objective);
            listeners.tell(listener -> listener.onStart(optimizer.name(), budget, progress(objective)));
            TrainingResult.End end = loop(objective);
            saves.save();
            if (!state.isMeasured()) {
                measure(objective);
            }
            boolean restored = !state.bestParameters().isEmpty();
            if (restored) {
                net.loadStateDict(state.bestParameters());
                objective.thetaChanged(objective.theta());
            }
            TrainingResult result =
                    new TrainingResult(end, progress(objective), state.figures(), measurements.best(), restored);
            listeners.tell(listener -> listener.onEnd(result));
            return result;
        } catch (IOException | RuntimeException | Error e) {
            Progress at = progress(objective);
            listeners.tell(listener -> listener.onFailure(e, at));
            throw e;
        }
    }

    private TrainingResult.End loop(ModelObjective objective) throws IOException {
        isStalled = false;
        while (!budget.isSpent(progress(objective))) {
            if (isStopped || Thread.currentThread().isInterrupted()) {
                return TrainingResult.End.STOPPED;
            }
            if (measurements.areOver()) {
                return TrainingResult.End.EARLY_STOPPING;
            }
            if (isStalled) {
                return TrainingResult.End.STALLED;
            }
            step(objective);
        }
        return TrainingResult.End.BUDGET;
    }

    private void step(ModelObjective objective) throws IOException {
        INDArray start = recovery.needsStart() ? Arena.copyOf(objective.theta()) : null;
        Work workBefore = objective.work();
        long before = System.nanoTime();
        StepReport report;
        try {
            report = optimizer.step(objective, objective.theta());
        } catch (NonFiniteLossException e) {
            recover(e, objective);
            return;
        } finally {
            state.spend((System.nanoTime() - before) / 1e9, workBefore, objective.work());
        }
        isStalled = !report.accepted() && report.examples() == objective.examples() && !optimizer.canRetry();
        state.stepped(report.examples(), start);
        listeners.tell(listener -> listener.onStep(report, progress(objective)));
        if (state.endsEpoch(objective.examples())) {
            measure(objective);
        }
        saves.saveIfDue();
    }

    private void recover(NonFiniteLossException failure, ModelObjective objective) {
        String done;
        try {
            done = recovery.from(failure, objective, state);
        } catch (NonFiniteLossException e) {
            throw saved(e);
        }
        listeners.tell(listener -> listener.onWarning(failure.getMessage() + "; " + done, progress(objective)));
    }

    /** Saves the state before the step that failed, which is still there unless the optimizer has lost its own. */
    private NonFiniteLossException saved(NonFiniteLossException failure) {
        state.forgetFailures();
        try {
            saves.save();
        } catch (IOException | IllegalStateException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private void measure(ModelObjective objective) {
        if (measurements.take(objective, net, optimizer.averaged(), state, this::computeStatistics)) {
            listeners.tell(listener -> listener.onMeasured(state.figures(), progress(objective)));
        }
    }

    private void computeStatistics(Module of) {
        if (trainingData != null) {
            RunningStatistics.update(of, trainingData);
        }
    }

    private Progress progress(ModelObjective objective) {
        return state.progress(objective.examples(), budget);
    }

    /** What a run is made of. */
    public static final class Builder extends TrainerSettings<Builder> {
        private final Module net;
        private final SupervisedObjective.Builder own;
        private final ModelObjective given;
        private final ExampleSource data;

        private Builder(Module net, Loss loss, ExampleSource data) {
            this.net = Objects.requireNonNull(net, "net");
            this.data = data;
            this.own = SupervisedObjective.builder(
                    net, Objects.requireNonNull(loss, "loss"), Objects.requireNonNull(data, "data"));
            this.given = null;
        }

        private Builder(Module net, ModelObjective objective) {
            this.net = Objects.requireNonNull(net, "net");
            this.given = Objects.requireNonNull(objective, "objective");
            this.own = null;
            this.data = null;
            if (objective.theta() != net.parameterVector().array()) {
                throw new IllegalArgumentException(
                        "the objective's theta is not the parameter vector of this net; make the"
                                + " objective from the net that is to be trained");
            }
        }

        private SupervisedObjective.Builder own() {
            if (own == null) {
                throw new IllegalStateException(
                        "l2, examplesAtOnce, memoryLimit and workers are settings of the objective,"
                                + " which was given to this run; set them there");
            }
            return own;
        }

        /**
         * Adds weight / 2 times the squared norm of all parameters that are not frozen to the loss.
         *
         * @param weight not negative
         * @return this
         */
        public Builder l2(double weight) {
            own().l2(weight);
            return this;
        }

        /**
         * Gradient accumulation: sets how many examples are computed at a time. A larger batch is a sum over several
         * such parts, so memory does not grow with it. Results change with this number by rounding.
         *
         * @param examples at least 1; 1,000 without it
         * @return this
         */
        public Builder examplesAtOnce(int examples) {
            own().shardSize(examples);
            return this;
        }

        /**
         * Limits the native memory of values, gradients and linearizations, as in {@link
         * SupervisedObjective.Builder#memoryLimit}.
         *
         * @param bytes at least 1; no limit without it
         * @return this
         */
        public Builder memoryLimit(long bytes) {
            own().memoryLimit(bytes);
            return this;
        }

        /**
         * The threads to use. Results do not depend on how many.
         *
         * @param shared workers, which stay open; one for each processor without it
         * @return this
         */
        public Builder workers(Workers shared) {
            own().workers(shared);
            return this;
        }

        /**
         * Makes the trainer.
         *
         * @return a run that has not begun
         * @throws IllegalStateException if something is missing, saying what
         */
        public Trainer build() {
            requireComplete();
            return new Trainer(this);
        }
    }

    @Override
    public String toString() {
        return "Trainer[" + optimizer + ", " + budget + "]";
    }
}
