package dev.ravine.optim.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.Schedule;
import dev.ravine.optim.StepReport;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.objective.NonFiniteLossException;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What nets do that are not well-behaved, and what is counted, refused and lost. */
class MatrixEdgeCasesTest {
    private static final Map<String, Function<Module, FirstOrder.Builder<?>>> METHODS = methods();

    private static Map<String, Function<Module, FirstOrder.Builder<?>>> methods() {
        Map<String, Function<Module, FirstOrder.Builder<?>>> all = new LinkedHashMap<>();
        all.put("muon", Muon::builder);
        all.put("soap", net -> Soap.builder(net).every(3));
        all.put(
                "soap from the first step",
                net -> Soap.builder(net).start(SoapStart.USE_FIRST).every(1));
        all.put("shampoo", net -> Shampoo.builder(net).every(2));
        for (Grafting grafting : Grafting.values()) {
            all.put(
                    "sums, " + grafting,
                    net -> Shampoo.builder(net).betas(0.9, 1).every(1).grafting(grafting));
        }
        all.put("adahessian", net -> AdaHessian.builder());
        all.put("sophia", net -> Sophia.builder().every(2));
        all.put("sophia-h", net -> Sophia.builder().every(2).estimate(SophiaEstimate.HUTCHINSON));
        return all;
    }

    private static Module net(DType dtype) {
        Module net = new Sequential(
                new Linear(4, 6), Activation.relu(), new Linear(6, 5), Activation.relu(), new Linear(5, 2));
        net.initialize(dtype, 7);
        return net;
    }

    private static DataSet data(DType dtype, int examples, double feature, double change, double target) {
        double[] x = new double[4 * examples];
        double[] y = new double[2 * examples];
        for (int i = 0; i < x.length; i++) {
            x[i] = feature + change * Math.sin(1.7 * i);
        }
        Arrays.fill(y, target);
        return DataSet.of(Arena.of(dtype, Shape.of(examples, 4), x), Arena.of(dtype, Shape.of(examples, 2), y));
    }

    static Stream<Arguments> cases() {
        List<Arguments> all = new ArrayList<>();
        for (String method : METHODS.keySet()) {
            for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
                all.add(Arguments.of(method, dtype, "one example", data(dtype, 1, 0.3, 1, 0.5)));
                all.add(Arguments.of(method, dtype, "no gradient", data(dtype, 12, 0, 0, 0)));
            }
            DType single = DType.FLOAT32;
            all.add(Arguments.of(method, single, "constant input", data(single, 12, 0.7, 0, 0.5)));
            all.add(Arguments.of(method, single, "no input", data(single, 12, 0, 0, 0.5)));
            all.add(Arguments.of(method, single, "dead units", data(single, 12, -0.4, 0.05, 0.5)));
            all.add(Arguments.of(method, single, "tiny gradients", data(single, 12, 0, 1e-18, 0)));
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void noParameterBecomesNotANumber(String method, DType dtype, String what, DataSet data) {
        Module net = net(dtype);
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = SupervisedObjective.builder(net, Loss.meanSquaredError(), data)
                        .workers(workers)
                        .build();
                FirstOrder optimizer =
                        METHODS.get(method).apply(net).learningRate(1e-3).build()) {
            for (int t = 0; t < 8; t++) {
                optimizer.step(objective, objective.theta());
            }
            assertThat(Vectors.firstNonFinite(objective.theta())).isNegative();
        }
    }

    /** Products count in gradients, by the operations of the objective's own gradient. */
    @Test
    void productsCountAsWork() {
        Module net = MatrixNets.deep();
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = MatrixNets.objective(net, DType.FLOAT64, workers);
                Muon muon = Muon.builder(net).build();
                Soap soap = Soap.builder(net).build();
                Shampoo shampoo = Shampoo.builder(net).start(1).build();
                AdaHessian adaHessian = AdaHessian.builder().build();
                Sophia sophia = Sophia.builder().build()) {
            double gradient = objective.work().perGradient();
            // Short and long sides of the hidden matrices, 5 x 4 and 4 x 4.
            double newtonSchulz = 5 * (4 * 16 * 5 + 2 * 64) + 5 * (4 * 16 * 4 + 2 * 64);
            assertThat(cost(muon, objective)).isCloseTo(1 + newtonSchulz / gradient, within(1e-9));
            // m n (m + n) of all four matrices, and the cubes of their sides.
            double products = 30 * 11 + 20 * 9 + 16 * 8 + 12 * 7;
            double cubes = 216 + 3 * 125 - 125 + 4 * 64 + 27;
            assertThat(cost(soap, objective)).isCloseTo(1 + (2 * products + 9 * cubes) / gradient, within(1e-9));
            assertThat(cost(soap, objective)).isCloseTo(1 + 6 * products / gradient, within(1e-9));
            // Vectors of 5, 4, 4 and 3 elements have one matrix.
            double ofVectors = 4 * (25 + 16 + 16 + 9);
            double roots = 11 * (cubes + 125 + 64 + 64 + 27);
            assertThat(cost(shampoo, objective))
                    .isCloseTo(1 + (4 * products + ofVectors + roots) / gradient, within(1e-9));
            assertThat(cost(shampoo, objective)).isCloseTo(1 + (4 * products + ofVectors) / gradient, within(1e-9));
            assertThat(cost(adaHessian, objective)).isBetween(2.0, 3.5);
            assertThat(cost(sophia, objective)).isBetween(1.7, 2.3);
            assertThat(cost(sophia, objective)).isEqualTo(1);
        }
    }

    private static double cost(FirstOrder optimizer, SupervisedObjective objective) {
        StepReport report = optimizer.step(objective, objective.theta());
        return report.cost();
    }

    /** Theta is as it was, and what the optimizer keeps is lost until a state is restored. */
    @Test
    void anUpdateThatIsNotFiniteIsUndone() {
        Module net = MatrixNets.deep();
        Schedule rates = t -> t < 2 ? 0.01 : 1e308;
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = MatrixNets.objective(net, DType.FLOAT64, workers);
                Shampoo shampoo = Shampoo.builder(net)
                        .learningRate(rates)
                        .weightDecay(1e9)
                        .build()) {
            shampoo.step(objective, objective.theta());
            OptimizerState state = shampoo.state();
            shampoo.step(objective, objective.theta());
            double[] before = Arena.toDoubles(objective.theta());
            assertThatThrownBy(() -> shampoo.step(objective, objective.theta()))
                    .isInstanceOf(NonFiniteLossException.class);
            assertThat(Arena.toDoubles(objective.theta())).containsExactly(before);
            assertThatThrownBy(shampoo::state).isInstanceOf(IllegalStateException.class);
            shampoo.restore(state);
            shampoo.step(objective, objective.theta());
        }
    }

    @Test
    void groupsOfWholeMatricesHaveSettingsOfTheirOwn() {
        Module net = MatrixNets.deep();
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = MatrixNets.objective(net, DType.FLOAT64, workers)) {
            ParameterGroup cut = new ParameterGroup("cut", 10, 30);
            ParameterGroup first = new ParameterGroup("first", 0, 30);
            try (Soap soap = Soap.builder(net).group(cut, g -> g.rateFactor(2)).build()) {
                assertThatThrownBy(() -> soap.step(objective, objective.theta()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("0.weight (elements 0..29)")
                        .hasMessageContaining("make groups of whole parameters");
            }
            double[] before = Arena.toDoubles(objective.theta());
            try (Muon muon =
                    Muon.builder(net).group(first, g -> g.rateFactor(0)).build()) {
                muon.step(objective, objective.theta());
            }
            double[] after = Arena.toDoubles(objective.theta());
            for (int i = 0; i < after.length; i++) {
                assertThat(after[i] == before[i]).as("element %d", i).isEqualTo(i < 30);
            }
        }
    }

    @Test
    void aStateOfAnotherModuleOrPrecisionIsRefused() {
        Module net = MatrixNets.deep();
        Module other = MatrixNets.tied();
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = MatrixNets.objective(net, DType.FLOAT64, workers);
                SupervisedObjective single = MatrixNets.objective(other, DType.FLOAT32, workers);
                Soap soap = Soap.builder(net).build();
                Soap smaller = Soap.builder(net).largest(4).build();
                Soap ofOther = Soap.builder(other).build()) {
            INDArray theta = objective.theta();
            soap.step(objective, theta);
            ofOther.step(single, single.theta());
            assertThatThrownBy(() -> smaller.restore(soap.state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("other settings or to another module");
            assertThatThrownBy(() -> soap.restore(ofOther.state())).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ofOther.step(objective, theta)).isInstanceOf(IllegalArgumentException.class);
            soap.step(objective, theta);
        }
    }
}
