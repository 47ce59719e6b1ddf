package dev.ravine.examples;

import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.Scope;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.SupervisedObjective;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/** Trains a classifier with one optimizer for a time, and measures it now and then with the clock stopped. */
final class TrainingRun {
    private static final double MEASUREMENTS = 10;

    private final Module net;
    private final TrainTest set;
    private final double l2;
    private final Optimizer optimizer;

    /** Where training stands; the loss is without L2, epochs and gradients count work on the training examples. */
    record Result(
            String optimizer,
            double trainingLoss,
            double trainingAccuracy,
            double testAccuracy,
            double seconds,
            double epochs,
            double gradients) {}

    TrainingRun(Module net, TrainTest set, double l2, Optimizer optimizer) {
        this.net = net;
        this.set = set;
        this.l2 = l2;
        this.optimizer = optimizer;
    }

    Result run(double seconds, StepLog log, PrintWriter out) throws IOException {
        Loss loss = Loss.softmaxCrossEntropy();
        try (SupervisedObjective objective = SupervisedObjective.builder(net, loss, set.train())
                        .l2(l2)
                        .build();
                SupervisedObjective measured = SupervisedObjective.of(net, loss, set.train());
                Predictor predictor = new Predictor(net)) {
            long spent = 0;
            long examples = 0;
            Result latest = null;
            for (int measurement = 1; measurement <= MEASUREMENTS; measurement++) {
                while (spent < seconds * 1e9 * measurement / MEASUREMENTS) {
                    long before = System.nanoTime();
                    StepReport step = optimizer.step(objective, objective.theta());
                    spent += System.nanoTime() - before;
                    examples += step.examples();
                    log.write(optimizer.name(), step, spent / 1e9, epochs(examples), objective.cost());
                }
                latest = new Result(
                        optimizer.name(),
                        measured.value(objective.theta(), Scope.all()),
                        predictor.accuracy(set.train()),
                        predictor.accuracy(set.test()),
                        spent / 1e9,
                        epochs(examples),
                        objective.cost());
                print(latest, out);
            }
            return latest;
        }
    }

    private double epochs(long examples) {
        return (double) examples / set.train().size();
    }

    private static void print(Result r, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-28s %5.1f s  %7.1f gradients  training loss %.6f  accuracy %6.2f%% training, %5.2f%% test%n",
                r.optimizer,
                r.seconds,
                r.gradients,
                r.trainingLoss,
                100 * r.trainingAccuracy,
                100 * r.testAccuracy);
        out.flush();
    }
}
