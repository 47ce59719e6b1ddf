package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.ModelGraph;
import dev.ravine.autodiff.ParameterUse;
import dev.ravine.autodiff.Statistic;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Reduction;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Random signs mean the exact cotangents: over all vectors of signs the mean of their factors is the exact one. */
class CotangentsTest {
    private static final int OUTPUTS = 3;

    /** G of the first layer with given signs for all examples. */
    private record OfSigns(int signs) implements Statistic {
        @Override
        public List<Tensor> of(ModelGraph graph) {
            double[] values = new double[OUTPUTS];
            for (int j = 0; j < OUTPUTS; j++) {
                values[j] = (signs >> j & 1) == 0 ? 1 : -1;
            }
            Tensor e = Tensor.constant(DType.FLOAT64, Shape.of(1, OUTPUTS), values)
                    .broadcastTo(graph.outputs().shape());
            ParameterUse use = graph.uses(
                            graph.parameters().get(0), graph.outputCurvature().root(e))
                    .get(0);
            return List.of(use.cotangents().matmul(use.cotangents(), true, false));
        }
    }

    private static Stream<Loss> losses() {
        return Stream.of(
                new Loss.BinaryCrossEntropy(Reduction.SUM),
                Loss.binaryCrossEntropy(),
                new Loss.SquaredError(Reduction.SUM),
                Loss.meanSquaredError(),
                Loss.huber(0.5));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void allSignsTogetherAreExact(Loss loss) {
        requireExact(loss, DataSet.of(Dense.matrix(5, 4, 1), Dense.matrix(5, OUTPUTS, 2)));
    }

    @Test
    void allSignsTogetherAreExactForSoftmax() {
        requireExact(Loss.softmaxCrossEntropy(), DataSet.of(Dense.matrix(5, 4, 1), Arena.ofIntegers(0, 1, 2, 1, 0)));
    }

    private static void requireExact(Loss loss, DataSet data) {
        Module net = new Sequential(new Linear(4, 5), Activation.tanh(), new Linear(5, OUTPUTS));
        net.initialize(DType.FLOAT64, 3);
        try (SupervisedObjective objective = SupervisedObjective.builder(net, loss, data)
                        .workers(new Workers(1))
                        .build();
                KroneckerFactors factors =
                        KroneckerFactors.builder().cotangents(Cotangents.EXACT).build(objective)) {
            factors.update(objective, objective.theta(), Scope.all());
            double[] expected = Arena.toDoubles(factors.factors(0).get(1));
            double[] mean = new double[expected.length];
            double[] one = mean;
            for (int signs = 0; signs < 1 << OUTPUTS; signs++) {
                INDArray g = Arena.create(DType.FLOAT64, Shape.of(expected.length));
                objective.statistic(objective.theta(), Scope.all(), new OfSigns(signs), g);
                one = Arena.toDoubles(g);
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += one[i] / (1 << OUTPUTS);
                }
            }
            assertThat(mean).containsExactly(expected, within(1e-14));
            // One vector of signs alone is far from it.
            assertThat(Math.abs(one[1] - expected[1])).isGreaterThan(1e-3);
        }
    }
}
