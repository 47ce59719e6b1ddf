package dev.ravine.optim.training;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Vectors;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.NonFiniteLossException;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.SupervisedObjective;
import java.io.IOException;
import java.util.ArrayList;
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
 * budgets of seconds, which no two runs spend alike). The model is measured in evaluation mode, at the end of each epoch and of
 * training; the clock stands still meanwhile. Used by one thread, except {@link #stop}.
 */
public final class Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    private final Module net;
    private final Loss loss;
    private final DataSet data;
    private final Optimizer optimizer;
    private final Budget budget;
    private final double l2;
    private final int examplesAtOnce;
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
    private INDArray bestParameters;
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
     * @throws IOException if a checkpoint cannot be read or written; those already written stay
     */
    public TrainingResult train() throws IOException {
        SupervisedObjective.Builder objectives =
                SupervisedObjective.builder(net, loss, data).l2(l2).shardSize(examplesAtOnce);
        if (workers != null) {
            objectives.workers(workers);
        }
        try (SupervisedObjective objective = objectives.build();
                Predictor predictor = new Predictor(net)) {
            resume();
            tell(listener -> listener.onStart(optimizer.name(), budget, progress()));
            TrainingResult.End end = loop(objective, predictor);
            if (figures.isEmpty() || measuredEpoch * data.size() != examples) {
                measure(predictor);
            }
            save();
            boolean restored = keepsBest && bestParameters != null;
            if (restored) {
                net.parameterVector().set(bestParameters);
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
        int failures = 0;
        while (budget.spent(progress()) < 1) {
            if (isStopped) {
                return TrainingResult.End.STOPPED;
            }
            if (watch != null && watch.isOver()) {
                return TrainingResult.End.EARLY_STOPPING;
            }
            double costBefore = objective.cost();
            long before = System.nanoTime();
            StepReport step;
            try {
                step = optimizer.step(objective, objective.theta());
                failures = 0;
            } catch (NonFiniteLossException e) {
                failures++;
                recover(e, failures);
                continue;
            } finally {
                seconds += (System.nanoTime() - before) / 1e9;
                gradients += objective.cost() - costBefore;
            }
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

    private void recover(NonFiniteLossException failure, int failures) {
        String done = switch (nonFinite) {
            case STOP -> throw failure;
            case SKIP_BATCH -> {
                optimizer.skipExamples();
                yield "its examples are left out";
            }
            case SHRINK_STEP -> {
                optimizer.shrinkSteps(0.5);
                yield "steps are half as long from now on";
            }
        };
        if (failures > nonFiniteLimit) {
            throw new NonFiniteLossException(failures + " steps in a row were not finite, the limit is "
                    + nonFiniteLimit + "; the last: " + failure.getMessage());
        }
        LOG.warn("{}; {}", failure.getMessage(), done);
        tell(listener -> listener.onWarning(failure.getMessage() + "; " + done, progress()));
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
        figures = measured;
        if (!measured.isEmpty()) {
            history.computeIfAbsent("step", k -> new ArrayList<>()).add((double) steps);
            measured.forEach((name, value) ->
                    history.computeIfAbsent(name, k -> new ArrayList<>()).add(value));
        }
        if (watch != null && watch.see(measured.get(watch.figure()), steps) && keepsBest) {
            if (bestParameters == null) {
                bestParameters = Arena.copyOf(net.parameterVector().array());
            } else {
                Vectors.copy(net.parameterVector().array(), bestParameters);
            }
        }
        if (!measured.isEmpty()) {
            tell(listener -> listener.onMeasured(measured, progress()));
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
            } catch (RuntimeException e) {
                LOG.warn("a listener failed and is not called any more: {}", listener, e);
                listeners.remove(listener);
            }
        }
    }

    // ---- checkpoints ------------------------------------------------------------------------------------------

    private void save() throws IOException {
        if (checkpoints == null) {
            return;
        }
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("steps", (double) steps);
        numbers.put("examples", (double) examples);
        numbers.put("seconds", seconds);
        numbers.put("gradients", gradients);
        numbers.put("measured_epoch", (double) measuredEpoch);
        if (watch != null) {
            numbers.putAll(watch.numbers());
        }
        figures.forEach((name, value) -> numbers.put("figure " + name, value));
        Map<String, INDArray> saved = new LinkedHashMap<>();
        history.forEach((name, values) -> saved.put(
                name,
                Arena.of(
                        DType.FLOAT64,
                        Shape.of(values.size()),
                        values.stream().mapToDouble(v -> v).toArray())));
        if (bestParameters != null) {
            saved.put(BEST, bestParameters);
        }
        checkpoints.write(new Checkpoint(net.stateDict(), optimizer.name(), optimizer.state(), numbers, saved));
    }

    private void resume() throws IOException {
        Optional<Checkpoint> latest = checkpoints == null ? Optional.empty() : checkpoints.latest();
        if (latest.isEmpty()) {
            return;
        }
        Checkpoint checkpoint = latest.get();
        if (!checkpoint.optimizer().equals(optimizer.name())) {
            throw new IllegalArgumentException("the checkpoint is of a run with " + checkpoint.optimizer()
                    + ", this one uses " + optimizer.name() + "; use the same optimizer, or another folder");
        }
        net.loadStateDict(checkpoint.model());
        OptimizerState state = checkpoint.state();
        optimizer.restore(state);
        Map<String, Double> numbers = checkpoint.numbers();
        steps = numbers.get("steps").longValue();
        examples = numbers.get("examples").longValue();
        seconds = numbers.get("seconds");
        gradients = numbers.get("gradients");
        measuredEpoch = numbers.get("measured_epoch").longValue();
        if (watch != null) {
            watch.learn(numbers);
        }
        Map<String, Double> measured = new LinkedHashMap<>();
        numbers.forEach((name, value) -> {
            if (name.startsWith("figure ")) {
                measured.put(name.substring("figure ".length()), value);
            }
        });
        figures = measured;
        checkpoint.history().forEach((name, values) -> {
            if (name.equals(BEST)) {
                bestParameters = values;
            } else {
                List<Double> list = new ArrayList<>();
                for (double v : Arena.toDoubles(values)) {
                    list.add(v);
                }
                history.put(name, list);
            }
        });
    }

    private static final String BEST = "best parameters";

    /** What a run is made of. */
    public static final class Builder {
        private final Module net;
        private final Loss loss;
        private final DataSet data;
        private Optimizer optimizer;
        private Budget budget;
        private double l2;
        private int examplesAtOnce = 1000;
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
         * @param figures at least one
         * @return this
         */
        public Builder validation(DataSet held, Metric... figures) {
            if (figures.length == 0) {
                throw new IllegalArgumentException("validation needs at least one metric, such as Metric.accuracy()");
            }
            this.validation = held;
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
         * Saves, and goes on from the latest checkpoint if there is one. A last one is written when training ends.
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
         * @param inARow after how many such steps in a row training ends all the same, at least 1
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
