package dev.ravine.examples;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Splits;
import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.matlab.TrainFunction;
import dev.ravine.optim.matlab.TrainingRecord;

/** Fits a noisy sine as a user of MATLAB's training functions would: once with trainlm, once with trainbr. */
public final class FromTrainlm {
    private FromTrainlm() {}

    /**
     * Prints both training records, and what the second net makes of 0.5, where the sine is 1.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Rng rng = new Rng(1);
        double[] x = new double[101];
        double[] t = new double[101];
        for (int i = 0; i < x.length; i++) {
            x[i] = -1 + 0.02 * i;
            t[i] = Math.sin(Math.PI * x[i]) + 0.1 * rng.nextGaussian();
        }
        DataSet all =
                DataSet.of(Arena.of(DType.FLOAT64, Shape.of(101, 1), x), Arena.of(DType.FLOAT64, Shape.of(101, 1), t));
        TrainTest parts = Splits.trainTest(all, 0.15, 1);

        Sequential net = feedforwardnet(10);
        TrainingRecord tr = TrainFunction.trainlm().mu(0.001).maxFail(6).train(net, parts.train(), parts.test());
        System.out.println(tr);

        net = feedforwardnet(10);
        tr = TrainFunction.trainbr().epochs(200).train(net, all);
        System.out.println(tr);
        try (var predictor = new Predictor(net)) {
            System.out.println("net(0.5) = " + predictor.outputs(new double[] {0.5})[0][0]);
        }
    }

    private static Sequential feedforwardnet(int hidden) {
        var net = new Sequential(new Linear(1, hidden), Activation.tanh(), new Linear(hidden, 1));
        net.initialize(DType.FLOAT64, 1);
        return net;
    }
}
