package dev.ravine.optim.training;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Sgd;
import java.io.IOException;
import java.nio.file.Path;

/** Short runs for listeners: two steps are an epoch, and a run goes on where the last one in its folder ended. */
final class LoggedTraining {
    private static final DataSet MOONS = Generators.twoMoons(100, 0.1, 1).as(DType.FLOAT64);

    private LoggedTraining() {}

    static Optimizer sgd() {
        return Sgd.builder().batchSize(50).build();
    }

    /** Trains up to a number of steps; checkpoints are in the folder {@code saved}. */
    static void run(Path folder, Optimizer optimizer, int steps, TrainingListener... listeners) throws IOException {
        Sequential net = new Sequential(new Linear(2, 2));
        net.initialize(DType.FLOAT64, 1);
        try (optimizer) {
            var trainer = Trainer.builder(net, Loss.softmaxCrossEntropy(), MOONS)
                    .optimizer(optimizer)
                    .budget(Budget.steps(steps))
                    .validation(MOONS, Metric.accuracy(), Metric.loss(Loss.softmaxCrossEntropy()))
                    .checkpoints(new CheckpointFolder(folder.resolve("saved"), 10), 3);
            for (TrainingListener listener : listeners) {
                trainer.listener(listener);
            }
            trainer.build().train();
        }
    }
}
