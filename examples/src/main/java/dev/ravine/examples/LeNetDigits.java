package dev.ravine.examples;

import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.MaxPool2d;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.nn.layers.Unflatten;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;

/** Trains a small LeNet on MNIST digits. */
public final class LeNetDigits {
    private LeNetDigits() {}

    /**
     * Trains.
     *
     * @param args the number of steps, 500 without it
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        TrainTest digits = MnistSubset.load();
        var net = new Sequential(
                new Unflatten(28, 28, 1), // height, width, channels
                new Conv2d(1, 8, 5), // to 24, 24, 8
                Activation.relu(),
                new MaxPool2d(2), // to 12, 12, 8
                new Conv2d(8, 16, 5), // to 8, 8, 16
                Activation.relu(),
                new MaxPool2d(2), // to 4, 4, 16
                new Flatten(),
                new Linear(4 * 4 * 16, 64),
                Activation.relu(),
                new Linear(64, 10));
        net.initialize(1);
        try (var optimizer = Adam.builder().learningRate(0.002).build()) {
            Trainer.builder(net, Loss.softmaxCrossEntropy(), digits.train())
                    .optimizer(optimizer)
                    .budget(Budget.steps(steps))
                    .validation(digits.test(), Metric.accuracy())
                    .listener(new ConsoleProgress())
                    .build()
                    .train();
        }
    }
}
