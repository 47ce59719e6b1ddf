package dev.ravine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.data.TrainTest;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code ravine compare} shows of Hessian-free, without a clock. */
@Tag("long")
class DefaultNetLongTest {
    @Test
    void hessianFreeLearnsEveryTrainingDigit() throws IOException {
        TrainTest digits = MnistSubset.load();
        var net = new Sequential(
                new Linear(784, 32), Activation.tanh(), new Linear(32, 16), Activation.tanh(), new Linear(16, 10));
        net.initialize(1);
        try (var objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), digits.train())
                        .l2(5e-4)
                        .build();
                var optimizer = HessianFree.builder().damping(1).seed(1).build();
                var predictor = new Predictor(net)) {
            int steps = 0;
            while (predictor.accuracy(digits.train()) < 1 && steps < 200) {
                optimizer.step(objective, objective.theta());
                steps++;
            }
            assertThat(predictor.accuracy(digits.train()))
                    .as("after %d steps", steps)
                    .isEqualTo(1);
            assertThat(predictor.accuracy(digits.test())).isGreaterThan(0.93);
        }
    }
}
