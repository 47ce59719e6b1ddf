package dev.ravine.examples;

import dev.ravine.core.DType;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.Splits;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.objective.SupervisedObjective;

/** The training loop of a PyTorch tutorial: a net, a loss, Adam, batches, and the accuracy on test data. */
public final class FromPyTorch {
    private FromPyTorch() {}

    /**
     * Prints the loss of some batches, and the test accuracy.
     *
     * @param args none
     */
    public static void main(String[] args) {
        DataSet moons = Generators.twoMoons(1000, 0.1, 1).as(DType.FLOAT32);
        TrainTest data = Splits.trainTest(moons, 0.2, 1);
        var net = new Sequential(
                new Linear(2, 32), Activation.relu(), new Linear(32, 32), Activation.relu(), new Linear(32, 2));
        net.initialize(1);

        try (var objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), data.train());
                var optimizer = Adam.builder().learningRate(1e-2).batchSize(64).build();
                var predictor = new Predictor(net)) {
            for (int step = 1; step <= 300; step++) {
                StepReport report = optimizer.step(objective, objective.theta());
                if (step % 100 == 0) {
                    System.out.println("step " + step + ": loss " + report.loss());
                }
            }
            System.out.println("test accuracy " + predictor.accuracy(data.test()));
        }
    }
}
