package dev.ravine.examples.command;

import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Module;
import dev.ravine.optim.NonFiniteLossException;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.SupervisedObjective;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** Trains a net with one optimizer for a time, and measures it now and then with the clock stopped. */
final class TrainingRun {
    private static final double MEASUREMENTS = 10;

    private final Problem problem;
    private final Module net;
    private final TrainTest set;
    private final double l2;
    private final String label;
    private final Optimizer optimizer;

    /** Where training stands; epochs and gradients count work on the training examples. */
    record Result(
            String optimizer,
            Map<String, Double> figures,
            double seconds,
            double epochs,
            double gradients,
            String end) {}

    TrainingRun(Problem problem, Module net, TrainTest set, double l2, String label, Optimizer optimizer) {
        this.problem = problem;
        this.net = net;
        this.set = set;
        this.l2 = l2;
        this.label = label;
        this.optimizer = optimizer;
    }

    Result run(Budget budget, StepLog log, PrintWriter out) throws IOException {
        try (SupervisedObjective objective = SupervisedObjective.builder(net, problem.loss(), set.train())
                        .l2(l2)
                        .build();
                Meter meter = problem.meter(net, set)) {
            double costBefore = objective.cost();
            long spent = 0;
            long steps = 0;
            long examples = 0;
            Result latest = null;
            String end = "";
            for (int measurement = 1; measurement <= MEASUREMENTS && end.isEmpty(); measurement++) {
                boolean hasMoved = latest == null;
                while (end.isEmpty()
                        && budget.spent(progress(steps, examples, spent, objective.cost() - costBefore))
                                < measurement / MEASUREMENTS) {
                    long before = System.nanoTime();
                    try {
                        StepReport step = optimizer.step(objective, objective.theta());
                        spent += System.nanoTime() - before;
                        steps++;
                        examples += step.examples();
                        hasMoved = true;
                        log.write(label, step, spent / 1e9, epochs(examples), objective.cost() - costBefore);
                    } catch (NonFiniteLossException e) {
                        end = e.getMessage();
                    }
                }
                if (!hasMoved && end.isEmpty()) {
                    continue; // the last step took longer than a tenth of the time
                }
                latest = new Result(
                        label, meter.measure(), spent / 1e9, epochs(examples), objective.cost() - costBefore, end);
                print(latest, out);
            }
            return latest;
        }
    }

    private Progress progress(long steps, long examples, long nanos, double gradients) {
        return new Progress(steps, examples, epochs(examples), nanos / 1e9, gradients, 0);
    }

    private double epochs(long examples) {
        return (double) examples / set.train().size();
    }

    private static void print(Result r, PrintWriter out) {
        StringBuilder figures = new StringBuilder();
        r.figures.forEach((name, value) -> figures.append(String.format(Locale.ROOT, "  %s %.6g", name, value)));
        out.printf(Locale.ROOT, "%-44s %6.1f s  %8.1f gradients%s%n", r.optimizer, r.seconds, r.gradients, figures);
        if (!r.end.isEmpty()) {
            out.println("    ended: " + r.end);
        }
        out.flush();
    }
}
