package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.RunningStatistics;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.BatchNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Averaged;
import dev.ravine.optim.Averaging;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.firstorder.Adam;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

    private static Module net(BatchNorm norm) {
        Module net = new Sequential(new Linear(2, 6), norm, Activation.tanh(), new Linear(6, 2));
        net.initialize(DType.FLOAT64, 2);
        return net;
    }

    private double[] figures(Module net, Curvature curvature) {
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), moons);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            INDArray v = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            for (int i = 0; i < v.length(); i++) {
                v.putScalar(i, Math.cos(i));
            }
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(objective.size()));
            if (curvature == null) {
                at.gradient(out);
            } else {
                at.product(curvature, v, out);
                if (curvature.isThroughOutputs()) {
                    assertThat(at.forms(curvature, List.of(v))[0][0]).isCloseTo(Vectors.dot(v, out), within(1e-12));
                }
            }
            return Arena.toDoubles(out);
        }
    }

    /**
     * Gradient and Hessian are those of batch normalization; Gauss-Newton and Fisher products those of a frozen layer with
     * the mean and the biased variance of this batch.
     */
    @Test
    void heldStatisticsAreConstantsOfTheCurvatureAlone() {
        Module usual = net(new BatchNorm(6));
        Module held = net(BatchNorm.heldInCurvature(6, 1e-5));
        Module frozen = net(BatchNorm.frozen(6, 1e-5));
        RunningStatistics.update(held, moons.features());
        Map<String, INDArray> state = held.stateDict();
        INDArray variance = state.get("1.running_var");
        for (int i = 0; i < variance.length(); i++) {
            variance.putScalar(i, variance.getDouble(i) * 59 / 60);
        }
        frozen.loadStateDict(state);
        Comparator<Double> close = (x, y) -> Math.abs(x - y) < 1e-12 ? 0 : 1;
        assertThat(figures(held, null)).usingElementComparator(close).containsExactly(figures(usual, null));
        assertThat(figures(held, Curvature.HESSIAN))
                .usingElementComparator(close)
                .containsExactly(figures(usual, Curvature.HESSIAN));
        for (Curvature matrix : List.of(Curvature.GAUSS_NEWTON, Curvature.FISHER)) {
            assertThat(figures(held, matrix)).usingElementComparator(close).containsExactly(figures(frozen, matrix));
            assertThat(figures(held, matrix)).isNotEqualTo(figures(usual, matrix));
        }
        assertThatThrownBy(() -> figures(held, Curvature.EMPIRICAL_FISHER)).hasMessageContaining("single examples");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResumedRunHasTheSameParametersAndBuffers(boolean isNewton, @TempDir Path folder) throws IOException {
        Module whole = net(BatchNorm.heldInCurvature(6, 1e-5));
        train(whole, isNewton, 12, null);
        train(net(BatchNorm.heldInCurvature(6, 1e-5)), isNewton, 5, folder);
        Module resumed = net(BatchNorm.heldInCurvature(6, 1e-5));
        train(resumed, isNewton, 12, folder);
        whole.stateDict()
                .forEach((name, array) -> assertThat(
                                Arena.toDoubles(resumed.stateDict().get(name)))
                        .as(name)
                        .containsExactly(Arena.toDoubles(array)));
    }

    private TrainingResult train(Module net, boolean isNewton, int steps, Path folder) throws IOException {
        try (Optimizer optimizer = new Averaged(
                isNewton
                        ? HessianFree.builder().preconditioner(0).damping(1).build()
                        : Adam.builder().batchSize(20).build(),
                Averaging.exponential(0.8))) {
            var trainer = Trainer.builder(net, Loss.softmaxCrossEntropy(), moons)
                    .optimizer(optimizer)
                    .validation(moons, Metric.loss(Loss.softmaxCrossEntropy()))
                    .budget(Budget.steps(steps));
            if (folder != null) {
                trainer.checkpoints(new CheckpointFolder(folder, 2), 2);
            }
            TrainingResult result = trainer.build().train();
            lastAveraged = Arena.copyOf(optimizer.averaged().orElseThrow());
            return result;
        }
    }

    private INDArray lastAveraged;

    /** Averaged parameters have statistics of their own, and the model ends with those of its last parameters. */
    @Test
    void averagedParametersAreMeasuredWithTheirOwnStatistics() throws IOException {
        Module net = net();
        TrainingResult result = train(net, false, 12, null);
        double[] ofLast =
                Arena.toDoubles(net.namedBuffers().get("1.running_mean").array());
        RunningStatistics.update(net, moons.features());
        assertThat(Arena.toDoubles(net.namedBuffers().get("1.running_mean").array()))
                .containsExactly(ofLast);
        net.parameterVector().set(lastAveraged);
        RunningStatistics.update(net, moons.features());
        assertThat(Arena.toDoubles(net.namedBuffers().get("1.running_mean").array()))
                .isNotEqualTo(ofLast);
        try (Predictor predictor = new Predictor(net)) {
            double expected = Metric.loss(Loss.softmaxCrossEntropy())
                    .figure()
                    .applyAsDouble(predictor.outputs(moons.features()), moons);
            assertThat(result.figures().get("averaged validation loss")).isEqualTo(expected);
        }
    }
}
