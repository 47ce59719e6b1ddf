package dev.ravine.optim.firstorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.catalogue.OptimizerCatalogue;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Groups that the catalogue's settings ask for, against the formula of one step of SGD. */
class GroupChoicesTest {
    private static final double RATE = 0.1;
    private static final double DECAY = 0.5;

    /** Three layers: weights [2, 3], [3, 2], [2, 1], each with its biases. */
    private static Sequential net() {
        Sequential net = new Sequential(
                new Linear(2, 3), Activation.tanh(), new Linear(3, 2), Activation.tanh(), new Linear(2, 1));
        net.initialize(DType.FLOAT64, 1);
        INDArray theta = net.parameterVector().array();
        net.parameterVector()
                .set(Arena.of(
                        DType.FLOAT64,
                        Shape.of(theta.length()),
                        new Rng(2).doubles(theta.length(), -1, 1).toArray()));
        return net;
    }

    /** The change of theta in one step, and that of theta - rate (gradient + decay theta). */
    private static void assertStep(Map<String, String> settings, boolean doBiasesDecay, double layerRate) {
        Sequential net = net();
        DataSet data = DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(2, 2), 0.1, -0.7, 0.4, 0.9),
                Arena.of(DType.FLOAT64, Shape.of(2, 1), 1, -2));
        try (SupervisedObjective objective = SupervisedObjective.of(net, Loss.meanSquaredError(), data);
                Optimizer sgd = OptimizerCatalogue.load().kind("sgd").make(settings, net, 1)) {
            INDArray gradient =
                    Arena.create(DType.FLOAT64, Shape.of(objective.theta().length()));
            objective.gradient(objective.theta(), Scope.all(), gradient);
            double[] expected = Arena.toDoubles(objective.theta());
            for (var segment : net.parameterVector().segments()) {
                int layer = Integer.parseInt(segment.path().substring(0, 1)) / 2;
                double decay = segment.path().endsWith("bias") && !doBiasesDecay ? 0 : DECAY;
                for (int i = (int) segment.offset(); i < segment.offset() + segment.size(); i++) {
                    double step = gradient.getDouble(i) + decay * expected[i];
                    expected[i] -= RATE * Math.pow(layerRate, 2 - layer) * step;
                }
            }
            sgd.step(objective, objective.theta());
            assertThat(Arena.toDoubles(objective.theta())).containsExactly(expected, within(1e-15));
        }
    }

    private static Map<String, String> settings(String... more) {
        Map<String, String> all = new HashMap<>(Map.of("lr", "0.1", "decay", "0.5", "batch", "0"));
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    @Test
    void everythingDecaysAlikeWithoutThem() {
        assertStep(settings(), true, 1);
        assertStep(settings("decay-biases", "on"), true, 1);
    }

    @Test
    void biasesAreLeftOutOfDecay() {
        assertStep(settings("decay-biases", "off"), false, 1);
    }

    @Test
    void earlierLayersAreSlower() {
        assertStep(settings("layer-rate", "0.25"), true, 0.25);
    }

    @Test
    void bothGoTogether() {
        assertStep(settings("layer-rate", "0.25", "decay-biases", "off"), false, 0.25);
    }

    @Test
    void leavingBiasesOutOfNoDecayIsRefused() {
        Sequential net = net();
        assertThatThrownBy(() -> OptimizerCatalogue.load().kind("adam").make(Map.of("decay-biases", "off"), net, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("decay-biases=off does nothing where nothing decays; set decay above 0");
    }
}
