package dev.ravine.optim.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Linearization;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.SquaredGradients;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.ParameterVector;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where an example's output depends on the others of its batch, a scope is one shard, and single gradients do not exist. */
class MixedRowsTest {
    private static final DataSet SPIRALS = Generators.spirals(100, 3, 0.1, 1);

    /** Normalizes by the batch's own mean and variance. */
    private static final class BatchNorm extends Module {
        private final boolean saysSo;

        BatchNorm(boolean saysSo) {
            this.saysSo = saysSo;
        }

        @Override
        public Tensor forward(Tensor x) {
            if (!isTraining()) {
                return x;
            }
            Tensor centred = x.sub(x.meanKeeping(0));
            return centred.div(centred.square().meanKeeping(0).add(1e-5).sqrt());
        }

        @Override
        public boolean rowsMix() {
            return saysSo && isTraining();
        }
    }

    private static Module net(boolean saysSo) {
        Module net = new Sequential(new Linear(2, 6), new BatchNorm(saysSo), Activation.tanh(), new Linear(6, 3));
        net.initialize(DType.FLOAT64, 4);
        return net;
    }

    /** The whole batch as one graph. */
    private static GraphLinearization whole(Module net) {
        Tensor outputs = net.apply(Tensor.constant(SPIRALS.features()));
        Tensor loss = Loss.softmaxCrossEntropy().of(outputs, Tensor.constant(SPIRALS.targets()), Reduction.MEAN);
        List<Tensor> variables = net.parameterVector().segments().stream()
                .map(ParameterVector.Segment::parameter)
                .map(Parameter::variable)
                .toList();
        return GraphLinearization.of(loss, outputs, variables);
    }

    /** What the tests call mixing, seen in the graph alone. */
    private static final class FromFirst extends Module {
        @Override
        public Tensor forward(Tensor x) {
            return x.sub(x.slice(0, 0, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 30, 1000})
    void theSizeOfShardsDoesNotMatter(int shardSize) {
        Module centred = net(false);
        Module first = new Sequential(new Linear(2, 6), new FromFirst(), new Linear(6, 3));
        first.initialize(DType.FLOAT64, 4);
        for (Module net : List.of(centred, first)) {
            try (GraphLinearization whole = whole(net);
                    SupervisedObjective objective = SupervisedObjective.builder(
                                    net, Loss.softmaxCrossEntropy(), SPIRALS)
                            .shardSize(shardSize)
                            .build()) {
                assertThat(objective.value(objective.theta(), Scope.all())).isCloseTo(whole.value(), within(1e-14));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void numbersAreThoseOfTheWholeBatch(boolean saysSo) {
        Module net = net(saysSo);
        try (Workers workers = new Workers(2);
                GraphLinearization whole = whole(net);
                SupervisedObjective objective = SupervisedObjective.builder(net, Loss.softmaxCrossEntropy(), SPIRALS)
                        .workers(workers)
                        .shardSize(30)
                        .build()) {
            INDArray theta = objective.theta();
            INDArray expected = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            INDArray found = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            whole.gradient(expected);
            assertThat(objective.gradient(theta, Scope.all(), found)).isCloseTo(whole.value(), within(1e-14));
            assertThat(Arena.toDoubles(found)).containsExactly(Arena.toDoubles(expected), within(1e-14));
            INDArray v = Arena.create(DType.FLOAT64, Shape.of(theta.length())).addi(0.3);
            try (Linearization linearization = objective.linearize(theta, Scope.all())) {
                for (Curvature curvature : List.of(Curvature.HESSIAN, Curvature.GAUSS_NEWTON)) {
                    whole.product(curvature, v, expected);
                    linearization.product(curvature, v, found);
                    assertThat(Arena.toDoubles(found)).containsExactly(Arena.toDoubles(expected), within(1e-13));
                }
                assertThatThrownBy(() -> linearization.product(Curvature.EMPIRICAL_FISHER, v, found))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("evaluation mode");
            }
        }
    }

    @Test
    void statisticsOfSingleExamplesAreRefused() {
        Module net = net(true);
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), SPIRALS)) {
            INDArray theta = objective.theta();
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(theta.length()));
            assertThatThrownBy(() -> objective.gradient(theta, Scope.all(), out, new SquaredGradients(true), out))
                    .isInstanceOf(NoRowsException.class)
                    .hasMessageContainingAll("depends on the other examples", "Sequential.1", "preconditioner(0)");
        }
    }

    @Test
    void inEvaluationModeThereAreShardsAgain() {
        Module net = net(false);
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.softmaxCrossEntropy(), SPIRALS)) {
            assertThat(objective.obstacle(SquaredGradients.inOnePass())).isPresent();
            net.eval();
            assertThat(objective.obstacle(SquaredGradients.inOnePass())).isEmpty();
            net.train();
            assertThat(objective.obstacle(SquaredGradients.inOnePass())).isPresent();
        }
    }
}
