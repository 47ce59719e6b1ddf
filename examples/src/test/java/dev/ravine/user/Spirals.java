package dev.ravine.user;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;

public class Spirals {
    public static void main(String[] args) {
        int n = 400;
        double[] points = new double[2 * n];
        long[] labels = new long[n];
        for (int i = 0; i < n; i++) {
            double radius = (i / 2 + 1) / (n / 2.0);
            double angle = 3 * Math.PI * radius + (i % 2) * Math.PI;
            points[2 * i] = radius * Math.cos(angle);
            points[2 * i + 1] = radius * Math.sin(angle);
            labels[i] = i % 2;
        }
        DataSet spirals = DataSet.of(Arena.of(DType.FLOAT32, Shape.of(n, 2), points), Arena.ofIntegers(labels));

        var net = new Sequential(new Linear(2, 30), Activation.tanh(), new Linear(30, 2));
        net.initialize(1);
        try (var objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), spirals);
                var optimizer = HessianFree.builder().damping(1).build();
                var predictor = new Predictor(net)) {
            for (int i = 0; i < 100; i++) {
                optimizer.step(objective, objective.theta());
            }
            System.out.println("accuracy " + predictor.accuracy(spirals));
        }
    }
}
