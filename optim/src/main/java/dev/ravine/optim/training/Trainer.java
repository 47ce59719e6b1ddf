package dev.ravine.optim.training;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * <p>If the folder already holds a checkpoint, training goes on from there, bit for bit as if it had never ended (but for
 * budgets of seconds, which no two runs spend alike). It may have a larger budget than before. The model is measured in
 * evaluation mode, once after the step that ends an epoch, and when training ends; what is measured in the middle of an epoch
 * because training ends there is not saved, so that a run that was stopped and goes on equals one that was not. The clock stands
 * still meanwhile. Used once and by one thread, except {@link #stop}.
 */
public final class Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
    private static final String FIGURE = "figure.";
    private static final String HISTORY = "history.";
    private static final String BEST = "best.";
    private static final String PREVIOUS = "previous";

    private final Module net;
    private final Loss loss;
    private final DataSet data;
    private final Optimizer optimizer;
    private final Budget budget;
    private final double l2;
    private final int examplesAtOnce;
    private final long memoryLimit;
    private final Workers workers;
    private final DataSet validation;
    private final List<Metric> metrics;
    private final EarlyStopping watch;
    private final boolean keepsBest;
    private final CheckpointFolder checkpoints;
    private final long checkpointEvery;
    private final NonFinitePolicy nonFinite;
    private final int nonFiniteLimit;
    private final List<TrainingListener> listeners;
    private final Map<String, List<Double>> history = new LinkedHashMap<>();
    private Map<String, Double> figures = Map.of();
    private Map<String, INDArray> bestParameters = Map.of();
    private INDArray previous;
    private boolean hasBegun;
    private long dataChecksum;
    private long measuredStep = -1;
    private long failures;
    private long steps;
    private long examples;
    private double seconds;
    private double gradients;
    private long measuredEpoch;
    private volatile boolean isStopped;

    private Trainer(Builder builder) {
        this.net = builder.net;
        this.loss = builder.loss;
        this.data = builder.data;
        this.optimizer = builder.optimizer;
        this.budget = builder.budget;
        this.l2 = builder.l2;
        this.examplesAtOnce = builder.examplesAtOnce;
        this.memoryLimit = builder.memoryLimit;
        this.workers = builder.workers;
        this.validation = builder.validation;
        this.metrics = List.copyOf(builder.metrics);
        this.watch = builder.watch();
        this.keepsBest = builder.keepsBest;
        this.checkpoints = builder.checkpoints;
        this.checkpointEvery = builder.checkpointEvery;
        this.nonFinite = builder.nonFinite;
        this.nonFiniteLimit = builder.nonFiniteLimit;
        this.listeners = new ArrayList<>(builder.listeners);
    }

    /**
     * Begins a run.
     *
     * @param net initialized
     * @param loss of its outputs and the data's targets
     * @param data to train on, of the net's dtype
     * @return a builder, which needs an optimizer and a budget
     */
    public static Builder builder(Module net, Loss loss, DataSet data) {
        return new Builder(net, loss, data);
    }

    /**
     * Asks the run to finish its step, save and end. May be called from any thread, and before the run begins.
     */
    public void stop() {
        isStopped = true;
    }

    /**
     * Trains. The optimizer stays open.
     *
     * @return what came of it
     * @throws NonFiniteLossException if a step's loss is not finite and the policy is to stop, or gave up
     * @throws IllegalArgumentException if the checkpoint to go on from is of a run with another model, other data or other settings
     * @throws IllegalStateException if this trainer was used before
     * @throws IOException if a checkpoint cannot be read or written; those already written stay
     */
    public TrainingResult train() throws IOException {
        if (hasBegun) {
            throw new IllegalStateException("a trainer makes one run; build another one to go on");
        }
        hasBegun = true;
        SupervisedObjective.Builder objectives =
                SupervisedObjective.builder(net, loss, data).l2(l2).shardSize(examplesAtOnce);
        if (memoryLimit > 0) {
            objectives.memoryLimit(memoryLimit);
        }
        if (workers != null) {
            objectives.workers(workers);
        }
        try (SupervisedObjective objective = objectives.build();
                Predictor predictor = new Predictor(net)) {
            resume();
            tell(listener -> listener.onStart(optimizer.name(), budget, progress()));
            TrainingResult.End end = loop(objective, predictor);
            save();
            if (measuredStep != steps) {
                measure(predictor);
            }
            boolean restored = !bestParameters.isEmpty();
            if (restored) {
                net.loadStateDict(bestParameters);
            }
            Optional<TrainingResult.Best> best =
                    watch != null && watch.hasBest() ? Optional.of(watch.best()) : Optional.empty();
            TrainingResult result = new TrainingResult(end, progress(), figures, best, restored);
            tell(listener -> listener.onEnd(result));
            return result;
        } catch (IOException | RuntimeException | Error e) {
            Progress at = progress();
            tell(listener -> listener.onFailure(e, at));
            throw e;
        }
    }

    private TrainingResult.End loop(SupervisedObjective objective, Predictor predictor) throws IOException {
        while (!budget.isSpent(progress())) {
            if (isStopped) {
                return TrainingResult.End.STOPPED;
            }
            if (watch != null && watch.isOver()) {
                return TrainingResult.End.EARLY_STOPPING;
            }
            INDArray start = nonFinite == NonFinitePolicy.SHRINK_STEP ? Arena.copyOf(objective.theta()) : null;
            double costBefore = objective.cost();
            long before = System.nanoTime();
            StepReport step;
            try {
                step = optimizer.step(objective, objective.theta());
            } catch (NonFiniteLossException e) {
                recover(e, objective);
                continue;
            } finally {
                seconds += (System.nanoTime() - before) / 1e9;
                gradients += objective.cost() - costBefore;
            }
            failures = 0;
            previous = start;
            steps++;
            examples += step.examples();
            StepReport report = step;
            tell(listener -> listener.onStep(report, progress()));
            if (examples / data.size() > measuredEpoch) {
                measuredEpoch = examples / data.size();
                measure(predictor);
            }
            if (checkpointEvery > 0 && steps % checkpointEvery == 0) {
                save();
            }
        }
        return TrainingResult.End.BUDGET;
    }

    private void recover(NonFiniteLossException failure, SupervisedObjective objective) {
        failures++;
        if (nonFinite == NonFinitePolicy.STOP) {
            throw saved(failure);
        }
        if (failures > nonFiniteLimit) {
            throw saved(new NonFiniteLossException("more than " + nonFiniteLimit
                    + " steps in a row were not finite, which is the limit; the last: " + failure.getMessage()));
        }
        String done;
        try {
            done = nonFinite == NonFinitePolicy.SKIP_BATCH ? skipBatch() : shrinkStep(objective);
        } catch (UnsupportedOperationException | IllegalStateException e) {
            failure.addSuppressed(e);
            throw saved(failure);
        }
        LOG.warn("{}; {}", failure.getMessage(), done);
        tell(listener -> listener.onWarning(failure.getMessage() + "; " + done, progress()));
    }

    /** Saves the state before the step that failed, which is still there unless the optimizer has lost its own. */
    private NonFiniteLossException saved(NonFiniteLossException failure) {
        failures = 0;
        try {
            save();
        } catch (IOException | IllegalStateException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private String skipBatch() {
        optimizer.skipExamples();
        return "its examples are left out";
    }

    private String shrinkStep(SupervisedObjective objective) {
        optimizer.shrinkSteps(0.5);
        if (previous == null) {
            return "steps are half as long from now on";
        }
        Vectors.scale(0.5, objective.theta());
        Vectors.axpy(0.5, previous, objective.theta());
        objective.thetaChanged(objective.theta());
        return "half of the step before is taken back, and steps are half as long from now on";
    }

    // ---- measuring --------------------------------------------------------------------------------------------

    private void measure(Predictor predictor) {
        Map<String, Double> measured = new LinkedHashMap<>();
        if (validation != null) {
            INDArray outputs = predictor.outputs(validation);
            for (Metric metric : metrics) {
                measured.put("validation " + metric.name(), metric.figure().applyAsDouble(outputs, validation));
            }
        }
        measuredStep = steps;
        figures = Collections.unmodifiableMap(measured);
        if (!measured.isEmpty()) {
            history.computeIfAbsent("step", k -> new ArrayList<>()).add((double) steps);
            measured.forEach((name, value) ->
                    history.computeIfAbsent(name, k -> new ArrayList<>()).add(value));
        }
        if (watch != null && watch.see(measured.get(watch.figure()), steps) && keepsBest) {
            bestParameters = net.stateDict();
        }
        if (!measured.isEmpty()) {
            tell(listener -> listener.onMeasured(figures, progress()));
        }
    }

    private Progress progress() {
        double epochs = (double) examples / data.size();
        Progress unspent = new Progress(steps, examples, epochs, seconds, gradients, 0);
        return new Progress(steps, examples, epochs, seconds, gradients, budget.spent(unspent));
    }

    private void tell(Consumer<TrainingListener> event) {
        for (TrainingListener listener : List.copyOf(listeners)) {
            try {
                event.accept(listener);
            } catch (Exception | AssertionError | LinkageError | StackOverflowError e) {
                LOG.warn("a listener failed and is not called any more: {}", listener.getClass(), e);
                listeners.removeIf(other -> other == listener);
            }
        }
    }

    // ---- checkpoints ------------------------------------------------------------------------------------------

    private void save() throws IOException {
        if (checkpoints == null) {
            return;
        }
        Map<String, Double> numbers = new LinkedHashMap<>(settings());
        numbers.put("examples", (double) examples);
        numbers.put("seconds", seconds);
        numbers.put("gradients", gradients);
        numbers.put("failures", (double) failures);
        numbers.put("measured_epoch", (double) measuredEpoch);
        numbers.put("measured_step", (double) measuredStep);
        if (watch != null) {
            numbers.putAll(watch.stateNumbers());
        }
        figures.forEach((name, value) -> numbers.put(FIGURE + name, value));
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        history.forEach((name, values) -> arrays.put(
                HISTORY + name,
                Arena.of(
                        DType.FLOAT64,
                        Shape.of(values.size()),
                        values.stream().mapToDouble(v -> v).toArray())));
        bestParameters.forEach((name, values) -> arrays.put(BEST + name, values));
        if (previous != null) {
            arrays.put(PREVIOUS, previous);
        }
        checkpoints.write(new Checkpoint(net.stateDict(), optimizer.name(), optimizer.state(), numbers, arrays));
    }

    /** What a run that goes on must have in common with the one that saved, beside the model and the optimizer. */
    private Map<String, Double> settings() {
        Map<String, Double> settings = new LinkedHashMap<>();
        settings.put("training_examples", (double) data.size());
        settings.put("data_checksum", (double) dataChecksum);
        settings.put("l2", l2);
        settings.put("examples_at_once", (double) examplesAtOnce);
        settings.put("memory_limit", (double) memoryLimit);
        return settings;
    }

    private void resume() throws IOException {
        if (checkpoints == null) {
            return;
        }
        dataChecksum = data.checksum();
        Optional<Checkpoint> latest = checkpoints.latest();
        if (latest.isPresent()) {
            resume(latest.get());
        }
    }

    private void resume(Checkpoint checkpoint) {
        if (!checkpoint.optimizer().equals(optimizer.name())) {
            throw new IllegalArgumentException("the checkpoint is of a run with " + checkpoint.optimizer()
                    + ", this one uses " + optimizer.name() + "; use the same optimizer, or another folder");
        }
        settings().forEach((name, value) -> {
            if (checkpoint.number(name) != value) {
                throw new IllegalArgumentException("the checkpoint is of a run with " + name + " "
                        + plain(checkpoint.number(name)) + ", this one has " + plain(value)
                        + "; use the same data and settings, or another folder");
            }
        });
        optimizer.restore(checkpoint.state());
        net.loadStateDict(checkpoint.model());
        steps = checkpoint.state().steps();
        examples = (long) checkpoint.number("examples");
        seconds = checkpoint.number("seconds");
        gradients = checkpoint.number("gradients");
        failures = (long) checkpoint.number("failures");
        measuredEpoch = (long) checkpoint.number("measured_epoch");
        measuredStep = (long) checkpoint.number("measured_step");
        if (watch != null) {
            watch.restoreState(checkpoint.numbers());
        }
        figures = after(FIGURE, checkpoint.numbers());
        after(HISTORY, checkpoint.arrays())
                .forEach((name, values) -> history.put(
                        name,
                        new ArrayList<>(
                                Arrays.stream(Arena.toDoubles(values)).boxed().toList())));
        if (keepsBest) {
            bestParameters = after(BEST, checkpoint.arrays());
        }
        previous = checkpoint.arrays().get(PREVIOUS);
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.format("%.0f", number) : Double.toString(number);
    }

    /** The entries whose names begin with a prefix, without it. */
    private static <V> Map<String, V> after(String prefix, Map<String, V> all) {
        Map<String, V> some = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                some.put(name.substring(prefix.length()), value);
            }
        });
        return some;
    }

    /** What a run is made of. */
    public static final class Builder {
        private final Module net;
        private final Loss loss;
        private final DataSet data;
        private Optimizer optimizer;
        private Budget budget;
        private double l2;
        private int examplesAtOnce = 1000;
        private long memoryLimit;
        private Workers workers;
        private DataSet validation;
        private final List<Metric> metrics = new ArrayList<>();
        private int patience;
        private double leastGain;
        private boolean keepsBest;
        private CheckpointFolder checkpoints;
        private long checkpointEvery;
        private NonFinitePolicy nonFinite = NonFinitePolicy.STOP;
        private int nonFiniteLimit = 10;
        private final List<TrainingListener> listeners = new ArrayList<>();

        private Builder(Module net, Loss loss, DataSet data) {
            this.net = Objects.requireNonNull(net, "net");
            this.loss = Objects.requireNonNull(loss, "loss");
            this.data = Objects.requireNonNull(data, "data");
        }

        /**
         * What makes the steps. Over how many examples each goes is the optimizer's own setting.
         *
         * @param maker a new one, or one that goes on; the caller closes it
         * @return this
         */
        public Builder optimizer(Optimizer maker) {
            this.optimizer = maker;
            return this;
        }

        /**
         * How long to train.
         *
         * @param limit of the whole run, what was spent before a resume included
         * @return this
         */
        public Builder budget(Budget limit) {
            this.budget = limit;
            return this;
        }

        /**
         * Adds weight / 2 times the squared norm of all parameters that are not frozen to the loss.
         *
         * @param weight not negative
         * @return this
         */
        public Builder l2(double weight) {
            this.l2 = weight;
            return this;
        }

        /**
         * Gradient accumulation: how many examples are computed at a time. A larger batch is the sum over several such parts,
         * so memory does not grow with it. Results change with this number by rounding.
         *
         * @param examples at least 1; 1,000 without it
         * @return this
         */
        public Builder examplesAtOnce(int examples) {
            this.examplesAtOnce = examples;
            return this;
        }

        /**
         * How much native memory values, gradients and linearizations may take, as in {@link
         * SupervisedObjective.Builder#memoryLimit}.
         *
         * @param bytes at least 1; no limit without it
         * @return this
         */
        public Builder memoryLimit(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("the memory limit must be at least one byte, found " + bytes);
            }
            this.memoryLimit = bytes;
            return this;
        }

        /**
         * The threads to use. Results do not depend on how many.
         *
         * @param shared workers, which stay open; one for each processor without it
         * @return this
         */
        public Builder workers(Workers shared) {
            this.workers = shared;
            return this;
        }

        /**
         * What to measure at the end of each epoch and of training; figures are named "validation " and the metric's name.
         *
         * @param held data that are not trained on, of the net's dtype
         * @param figures at least one, of different names
         * @return this
         * @throws IllegalArgumentException if there are none, or two of one name
         */
        public Builder validation(DataSet held, Metric... figures) {
            if (figures.length == 0) {
                throw new IllegalArgumentException("validation needs at least one metric, such as Metric.accuracy()");
            }
            if (Arrays.stream(figures).map(Metric::name).distinct().count() < figures.length) {
                throw new IllegalArgumentException("each metric needs a name of its own, found "
                        + Arrays.stream(figures).map(Metric::name).toList());
            }
            this.validation = Objects.requireNonNull(held, "held");
            metrics.clear();
            metrics.addAll(List.of(figures));
            return this;
        }

        /**
         * Stops when the first metric has not become better for a number of measurements.
         *
         * @param measurements at least 1
         * @param gain by how much a value must be better to count, not negative
         * @return this
         */
        public Builder earlyStopping(int measurements, double gain) {
            if (measurements < 1 || !(gain >= 0)) {
                throw new IllegalArgumentException(
                        "early stopping needs a patience of at least 1 and a gain that is not" + " negative, found "
                                + measurements + " and " + gain);
            }
            this.patience = measurements;
            this.leastGain = gain;
            return this;
        }

        /**
         * At the end gives the model the parameters with which the first metric was best.
         *
         * @return this
         */
        public Builder keepBest() {
            this.keepsBest = true;
            return this;
        }

        /**
         * Saves, and goes on from the latest checkpoint if there is one. A last one is written when training ends, also
         * when a loss that is not finite ends it.
         *
         * @param folder of this run alone
         * @param everySteps at least 1
         * @return this
         */
        public Builder checkpoints(CheckpointFolder folder, long everySteps) {
            if (everySteps < 1) {
                throw new IllegalArgumentException(
                        "checkpoints are written every 1 or more steps, found " + everySteps);
            }
            this.checkpoints = folder;
            this.checkpointEvery = everySteps;
            return this;
        }

        /**
         * What to do when a loss or gradient is not finite.
         *
         * @param policy to stop without it
         * @param inARow how many such steps in a row are borne; after one more training ends all the same; at least 1
         * @return this
         */
        public Builder nonFinite(NonFinitePolicy policy, int inARow) {
            if (inARow < 1) {
                throw new IllegalArgumentException("the limit of steps in a row must be at least 1, found " + inARow);
            }
            this.nonFinite = policy;
            this.nonFiniteLimit = inARow;
            return this;
        }

        /**
         * Adds a listener.
         *
         * @param listener called after those added before
         * @return this
         */
        public Builder listener(TrainingListener listener) {
            listeners.add(listener);
            return this;
        }

        private EarlyStopping watch() {
            if (patience == 0 && !keepsBest) {
                return null;
            }
            Metric first = metrics.get(0);
            return new EarlyStopping("validation " + first.name(), first.isBetterWhenLarger(), patience, leastGain);
        }

        /**
         * Makes the trainer.
         *
         * @return a run that has not begun
         * @throws IllegalStateException if something is missing, saying what
         */
        public Trainer build() {
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
            return new Trainer(this);
        }
    }
}
