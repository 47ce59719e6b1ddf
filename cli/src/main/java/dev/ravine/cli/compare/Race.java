package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.optim.training.Budget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs of several optimizers from one start: in turns if there is a task for each, else one after another.
 *
 * @param tasks one for each optimizer, or one for all
 * @param budget of each run
 * @param isInterrupted asked after each step
 * @param place where objectives are computed
 */
record Race(List<Task> tasks, Budget budget, BooleanSupplier isInterrupted, Place place) {
    /** A turn is this part of the budget... */
    private static final double TURN_SHARE = 0.02;

    /** ... but within these limits. */
    private static final double SHORTEST_TURN_SECONDS = 0.1;

    private static final double LONGEST_TURN_SECONDS = 1;

    /** Makes the run of an optimizer. */
    @FunctionalInterface
    interface Runner {
        Run run(int place, Prepared prepared) throws IOException;
    }

    /** All that a run needs but its seed. */
    record Prepared(
            Task task,
            OptimizerSpec optimizer,
            Budget budget,
            BooleanSupplier isInterrupted,
            TrainingRun.Turn turn,
            Place where) {
        TrainingRun seed(long seed) {
            return new TrainingRun(task, optimizer, seed, budget, isInterrupted, turn, where);
        }
    }

    /** The runs in the order of the optimizers; empty where one had not begun at an interruption. */
    List<Optional<Run>> run(List<OptimizerSpec> optimizers, INDArray start, Runner runner) throws IOException {
        if (tasks.size() > 1) {
            return inTurns(optimizers, start, runner);
        }
        List<Optional<Run>> runs = new ArrayList<>();
        for (int i = 0; i < optimizers.size(); i++) {
            runs.add(one(i, optimizers.get(i), start, runner, isInterrupted, TrainingRun.Turn.ALONE));
        }
        return runs;
    }

    private Optional<Run> one(
            int place,
            OptimizerSpec optimizer,
            INDArray start,
            Runner runner,
            BooleanSupplier ends,
            TrainingRun.Turn turn)
            throws IOException {
        if (ends.getAsBoolean()) {
            return Optional.empty();
        }
        Task task = tasks.get(tasks.size() > 1 ? place : 0);
        task.net().parameterVector().set(start);
        return Optional.of(runner.run(place, new Prepared(task, optimizer, budget, ends, turn, this.place)));
    }

    private List<Optional<Run>> inTurns(List<OptimizerSpec> optimizers, INDArray start, Runner runner)
            throws IOException {
        double slice = Math.max(SHORTEST_TURN_SECONDS, Math.min(LONGEST_TURN_SECONDS, TURN_SHARE * budget.amount()));
        Turns turns = new Turns(optimizers.size(), slice);
        AtomicBoolean hasFailed = new AtomicBoolean();
        BooleanSupplier ends = () -> isInterrupted.getAsBoolean() || hasFailed.get();
        ExecutorService threads = Executors.newFixedThreadPool(optimizers.size());
        try {
            List<Future<Optional<Run>>> begun = new ArrayList<>();
            for (int i = 0; i < optimizers.size(); i++) {
                int place = i;
                begun.add(threads.submit(() -> {
                    turns.enter(place);
                    try {
                        return one(place, optimizers.get(place), start, runner, ends, s -> turns.stepped(place, s));
                    } catch (IOException | RuntimeException | Error e) {
                        hasFailed.set(true);
                        throw e;
                    } finally {
                        turns.leave(place);
                    }
                }));
            }
            List<Optional<Run>> runs = new ArrayList<>();
            for (Future<Optional<Run>> each : begun) {
                runs.add(result(each));
            }
            return runs;
        } finally {
            threads.shutdown();
        }
    }

    private static Optional<Run> result(Future<Optional<Run>> run) throws IOException {
        try {
            return run.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while optimizers were training", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("an optimizer's thread failed", e.getCause());
        }
    }
}
