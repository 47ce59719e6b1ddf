package dev.ravine.examples;

import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;

/** Trains a net on MNIST digits with Hessian-free optimization. */
public final class TrainMnist {
    private TrainMnist() {}

    /**
     * Trains.
     *
     * @param args the number of steps, 20 without it
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        TrainTest digits = MnistSubset.load();
        var net = new Sequential(new Linear(784, 128), Activation.tanh(), new Linear(128, 10));
        net.initialize(1);
        try (var objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), digits.train());
                var optimizer = HessianFree.builder().damping(1).build();
                var predictor = new Predictor(net)) {
            for (int i = 0; i < steps; i++) {
                System.out.println(optimizer.step(objective, objective.theta()));
            }
            System.out.println("test accuracy " + predictor.accuracy(digits.test()));
        }
    }
}
