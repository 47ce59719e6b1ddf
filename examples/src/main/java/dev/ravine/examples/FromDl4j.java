package dev.ravine.examples;

import dev.ravine.core.DType;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.Splits;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.training.Budget;
import dev.ravine.optim.training.ConfusionMatrix;
import dev.ravine.optim.training.Metric;
import dev.ravine.optim.training.Trainer;
import java.io.IOException;

/** What a MultiLayerNetwork with fit and evaluate does in DL4J. */
public final class FromDl4j {
    private FromDl4j() {}

    /**
     * Prints how training ended, and the confusion matrix of the test data.
     *
     * @param args none
     * @throws IOException never, as there are no checkpoints
     */
    public static void main(String[] args) throws IOException {
        TrainTest raw = Splits.stratified(Generators.spirals(900, 3, 0.02, 1).as(DType.FLOAT32), 0.2, 1);
        Standardize scale = Standardize.fit(raw.train().features());
        TrainTest data = new TrainTest(scale.features(raw.train()), scale.features(raw.test()));
        var net = new Sequential(
                new Linear(2, 40, Initializer.xavierNormal()),
                Activation.tanh(),
                new Linear(40, 40, Initializer.xavierNormal()),
                Activation.tanh(),
                new Linear(40, 3, Initializer.xavierNormal()));
        net.initialize(123);
        try (var optimizer = Adam.builder().learningRate(5e-3).batchSize(50).build();
                var predictor = new Predictor(net)) {
            Trainer trainer = Trainer.builder(net, Loss.softmaxCrossEntropy(), data.train())
                    .optimizer(optimizer)
                    .l2(1e-5)
                    .budget(Budget.epochs(60))
                    .validation(data.test(), Metric.accuracy())
                    .build();
            System.out.println(trainer.train().end());
            System.out.println(ConfusionMatrix.of(predictor.outputs(data.test()), data.test()));
        }
    }
}
