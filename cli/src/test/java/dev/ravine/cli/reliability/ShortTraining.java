package dev.ravine.cli.reliability;

import dev.ravine.core.DType;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.CheckpointFolder;
import dev.ravine.optim.training.CsvListener;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Something to kill: starts at once, and saves 800 kB every {@value #SAVED_EVERY} steps, so that it is mostly saving, of a run
 * with dropout, validation, keeping of the best and a log.
 */
final class ShortTraining {
    static final int SAVED_EVERY = 4;

    private ShortTraining() {}

    /** Trains for a number of steps, and saves to a folder. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        var net = new Sequential(
                new Linear(2, 128), Activation.tanh(), new Dropout(0.1), new Linear(128, 128), new Linear(128, 2));
        net.initialize(DType.FLOAT64, 1);
        try (var optimizer = Adam.builder().batchSize(25).build()) {
            Trainer.builder(
                            net,
                            Loss.softmaxCrossEntropy(),
                            Generators.twoMoons(200, 0.1, 1).as(DType.FLOAT64))
                    .optimizer(optimizer)
                    .budget(Budget.steps(Long.parseLong(args[0])))
                    .validation(
                            Generators.twoMoons(50, 0.1, 2).as(DType.FLOAT64), Metric.loss(Loss.softmaxCrossEntropy()))
                    .keepBest()
                    .checkpoints(new CheckpointFolder(folder, 3), SAVED_EVERY)
                    .listener(new CsvListener(folder.resolve("log")))
                    .build()
                    .train();
        }
    }
}
