package dev.ravine.cli.compare;

import dev.ravine.cli.problem.MeasuredNet;
import dev.ravine.cli.problem.Task;
import dev.ravine.cli.report.Pictures;
import dev.ravine.optim.ModelReport;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Cluster;
import dev.ravine.optim.training.Progress;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingListener;
import dev.ravine.optim.training.TrainingResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Trains the net of a task with one optimizer and measures it, more often at first. The clock stands still meanwhile.
 *
 * @param task whose net stands at its start
 * @param spec of the optimizer
 * @param seed of the order of examples and of noise
 * @param budget how long it trains
 * @param isInterrupted whether to end after the present step
 * @param turn told of each step, which may wait
 * @param place where the objective is computed
 */
record TrainingRun(
        Task task,
        OptimizerSpec spec,
        long seed,
        Budget budget,
        BooleanSupplier isInterrupted,
        Turn turn,
        Place place) {
    /** Measurements may take this much time even if training has taken less. */
    static final double PATIENCE_SECONDS = 5;

    /** What lets others train in between. */
    @FunctionalInterface
    interface Turn {
        /** Nobody else trains. */
        Turn ALONE = seconds -> {};

        /** Returns when the next step may begin; the training time so far is in seconds. */
        void stepped(double seconds);
    }

    /**
     * {@return the run}
     *
     * @param measurements how many after the one at the start, at least 1
     * @param log takes the steps; null for none
     * @param display shows progress
     * @param onlooker gets the run so far after each step, while the clock stands still
     * @param watcher is told of steps and of what is measured, and closed; if it fails, the run ends
     */
    Run run(
            int measurements,
            StepLog log,
            TrainingListener display,
            Consumer<Supplier<Run>> onlooker,
            TrainingListener watcher)
            throws IOException {
        try (Cluster.Placed placed = place.objective(task).orElse(null);
                Optimizer optimizer = spec.build(task.net(), seed);
                MeasuredNet net = task.measured()) {
            Watch watch = new Watch(net, optimizer, measurements, log, onlooker, watcher);
            Trainer trainer = builder(placed)
                    .optimizer(optimizer)
                    .budget(budget)
                    .listener(watch)
                    .listener(display)
                    .build();
            watch.trainer = trainer;
            Run.End end = Run.End.BUDGET;
            String note = "";
            try {
                if (trainer.train().end() == TrainingResult.End.STOPPED) {
                    end = Run.End.INTERRUPTED;
                    note = "interrupted";
                }
            } catch (NonFiniteLossException e) {
                end = Run.End.NOT_FINITE;
                note = e.getMessage();
            }
            watch.finish();
            List<Pictures.Image> pictures =
                    task.gallery().map(g -> g.learned().get()).orElse(List.of());
            return new Run(
                    spec, seed, watch.points, watch.course(Outcomes.of(task), Fit.of(task, spec)), end, note, pictures);
        }
    }

    private Trainer.Builder builder(Cluster.Placed placed) {
        return placed == null
                ? Trainer.builder(task.net(), task.loss(), task.examples()).l2(task.l2())
                : Trainer.builder(task.net(), placed.objective()).listener(placed.listener());
    }

    /**
     * Measures and records. A trainer goes on without a listener that fails, so a failure here ends the run instead.
     */
    private final class Watch implements TrainingListener {
        private final MeasuredNet net;
        private final Optimizer optimizer;
        private final int measurements;
        private final StepLog log;
        private final Consumer<Supplier<Run>> onlooker;
        private final TrainingListener watcher;
        private final List<Run.Point> points = new ArrayList<>();
        private final List<Run.ModelStep> modelSteps = new ArrayList<>();
        private final StepTrace trace = new StepTrace();
        private final LayerTrace layers = new LayerTrace(task.net());
        private final PaceMeter pace = new PaceMeter(budget, Pace::processCpuSeconds);
        private Trainer trainer;
        private Exception failure;
        private Progress latest;
        private double nextShare;
        private double measuringSeconds;
        private long rejected;

        private Watch(
                MeasuredNet net,
                Optimizer optimizer,
                int measurements,
                StepLog log,
                Consumer<Supplier<Run>> onlooker,
                TrainingListener watcher) {
            this.net = net;
            this.optimizer = optimizer;
            this.measurements = measurements;
            this.log = log;
            this.onlooker = onlooker;
            this.watcher = watcher;
        }

        @Override
        public void onStart(String optimizer, Budget whole, Progress progress) {
            latest = progress;
            pace.begin(progress);
            guard(() -> {
                watcher.onStart(optimizer, whole, progress);
                measure(progress);
            });
            showSoFar();
            pace.goOn();
        }

        /** If the first measurement did not fail. */
        private void showSoFar() {
            if (!points.isEmpty()) {
                onlooker.accept(this::soFar);
            }
        }

        private Run soFar() {
            return new Run(
                    spec,
                    seed,
                    List.copyOf(points),
                    course(Optional.empty(), Optional.empty()),
                    Run.End.RUNNING,
                    "",
                    List.of());
        }

        private Run.Course course(Optional<Outcome> outcome, Optional<Fit> fit) {
            return new Run.Course(List.copyOf(modelSteps), trace.steps(), pace.pace(), layers.norms(), outcome, fit);
        }

        @Override
        public void onStep(StepReport step, Progress progress) {
            pace.stepped(progress);
            latest = progress;
            trace.add(step, progress);
            guard(() -> {
                watcher.onStep(step, progress);
                layers.stepped();
                record(step, progress);
                if (log != null) {
                    log.write(spec.text(), seed, step, progress);
                }
                if (progress.spent() >= nextShare && mayMeasure(progress)) {
                    measure(progress);
                }
            });
            showSoFar();
            turn.stepped(progress.seconds());
            if (isInterrupted.getAsBoolean()) {
                trainer.stop();
            }
            pace.goOn();
        }

        private void record(StepReport step, Progress progress) {
            if (step.model().isEmpty()) {
                return;
            }
            ModelReport model = step.model().get();
            rejected += step.accepted() ? 0 : 1;
            modelSteps.add(new Run.ModelStep(
                    progress, model.damping(), model.ratio(), model.iterations(), rejected, step.accepted()));
        }

        /** On a large net a measurement costs many steps: all of them together take no longer than training. */
        private boolean mayMeasure(Progress progress) {
            return measuringSeconds <= Math.max(PATIENCE_SECONDS, progress.seconds());
        }

        /** The shares of the budget at which to measure are squares of evenly spaced numbers. */
        private void measure(Progress progress) {
            long start = System.nanoTime();
            Map<String, Double> averaged = optimizer
                    .averaged()
                    .map(mean -> task.net().parameterVector().during(mean, () -> task.figures(net)))
                    .orElse(Map.of());
            Map<String, Double> figures = task.figures(net);
            points.add(new Run.Point(progress, figures, averaged));
            watcher.onMeasured(figures, progress);
            layers.measured(progress, net.gradient());
            while (nextShare <= progress.spent()) {
                double root = Math.rint(Math.sqrt(nextShare) * measurements) + 1;
                nextShare = root * root / measurements / measurements;
            }
            measuringSeconds += (System.nanoTime() - start) / 1e9;
        }

        private void finish() throws IOException {
            if (failure == null && points.get(points.size() - 1).progress().steps() != latest.steps()) {
                guard(() -> measure(latest));
            }
            guard(watcher::onClose);
            if (failure instanceof IOException e) {
                throw e;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
        }

        private void guard(Action action) {
            try {
                action.run();
            } catch (IOException | RuntimeException e) {
                failure = failure == null ? e : failure;
                trainer.stop();
            }
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }
}
