package dev.ravine.examples;

import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.CheckpointFolder;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Trains a net on MNIST digits, and goes on where it was when it is started again, after Ctrl-C or a power cut. */
public final class TrainWithCheckpoints {
    private TrainWithCheckpoints() {}

    /**
     * Trains. Ctrl-C finishes the step, saves, and exits with code 130.
     *
     * @param args the number of steps, 800 without it, and the folder of the run
     * @throws IOException if the data cannot be read, or a checkpoint cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 800;
        Path folder = Path.of(args.length > 1 ? args[1] : "runs/mnist");
        TrainTest digits = MnistSubset.load();
        var net = new Sequential(new Linear(784, 64), Activation.tanh(), new Linear(64, 10));
        net.initialize(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (var optimizer = Adam.builder().build()) {
            Trainer trainer = Trainer.builder(net, Loss.softmaxCrossEntropy(), digits.train())
                    .optimizer(optimizer)
                    .budget(Budget.steps(steps))
                    .validation(digits.test(), Metric.accuracy())
                    .checkpoints(new CheckpointFolder(folder, 3), 20)
                    .listener(new ConsoleProgress())
                    .build();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(trainer, ended)));
            trainer.train();
        } finally {
            ended.countDown();
        }
    }

    private static void stop(Trainer trainer, CountDownLatch ended) {
        trainer.stop();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
