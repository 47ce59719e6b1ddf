package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.RunningStatistics;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.BatchNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A net with batch normalization under optimizers of the first and the second order. */
class BatchNormTrainingTest {
    private final DataSet moons = Generators.twoMoons(60, 0.05, 1);

    private static Module net() {
        Module net = new Sequential(new Linear(2, 6), new BatchNorm(6), Activation.tanh(), new Linear(6, 2));
        net.initialize(DType.FLOAT64, 2);
        return net;
    }

    @Test
    void trainingEndsWithTheStatisticsOfItsLastParameters() throws IOException {
        Module net = net();
        TrainingResult result = Trainer.builder(net, Loss.softmaxCrossEntropy(), moons)
                .optimizer(Adam.builder().learningRate(0.05).batchSize(20).build())
                .validation(moons, Metric.accuracy())
                .budget(Budget.steps(60))
                .build()
                .train();
        assertThat(result.figures().get("validation accuracy")).isGreaterThan(0.9);
        double[] found = Arena.toDoubles(net.namedBuffers().get("1.running_var").array());
        RunningStatistics.update(net, moons.features());
        assertThat(Arena.toDoubles(net.namedBuffers().get("1.running_var").array()))
                .containsExactly(found);
        assertThat(found).doesNotContain(1);
    }

    @Test
    void hessianFreeTrainsThroughTheStatisticsOfTheBatch() throws IOException {
        Module net = net();
        try (SupervisedObjective before = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), moons)) {
            double first = before.value(before.theta(), Scope.all());
            Trainer.builder(net, Loss.softmaxCrossEntropy(), moons)
                    .optimizer(HessianFree.builder().preconditioner(0).build())
                    .budget(Budget.steps(4))
                    .build()
                    .train();
            assertThat(before.value(before.theta(), Scope.all())).isLessThan(first / 2);
        }
    }

    @Test
    void statisticsOfSingleExamplesAreRefusedWithThePathOfTheLayer() {
        Module net = net();
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), moons)) {
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            INDArray squares = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            assertThatThrownBy(() -> objective.gradient(
                            objective.theta(), Scope.all(), out, SquaredGradients.inOnePass(), squares))
                    .isInstanceOf(NoRowsException.class)
                    .hasMessageContaining("Sequential.1");
        }
    }
}
