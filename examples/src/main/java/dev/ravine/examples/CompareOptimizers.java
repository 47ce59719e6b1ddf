package dev.ravine.examples;

import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import dev.ravine.optim.training.TrainingResult;
import java.io.IOException;
import java.util.List;

/** Trains one net from one start with three optimizers, each for the same work. */
public final class CompareOptimizers {
    private CompareOptimizers() {}

    /**
     * Compares.
     *
     * @param args the work in gradients over all training examples, 100 without it
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        double gradients = args.length > 0 ? Double.parseDouble(args[0]) : 100;
        TrainTest digits = MnistSubset.load();
        for (Optimizer each : List.of(
                Sgd.builder().learningRate(0.1).momentum(0.9).build(),
                Adam.builder().learningRate(1e-3).build(),
                HessianFree.builder().damping(1).build())) {
            var net = new Sequential(new Linear(784, 32), Activation.tanh(), new Linear(32, 10));
            net.initialize(1);
            try (each) {
                TrainingResult result = Trainer.builder(net, Loss.softmaxCrossEntropy(), digits.train())
                        .optimizer(each)
                        .l2(5e-4)
                        .budget(Budget.gradients(gradients))
                        .validation(digits.test(), Metric.accuracy(), Metric.loss(Loss.softmaxCrossEntropy()))
                        .build()
                        .train();
                System.out.println(each.name() + " " + result.figures() + " after " + result.progress());
            }
        }
    }
}
