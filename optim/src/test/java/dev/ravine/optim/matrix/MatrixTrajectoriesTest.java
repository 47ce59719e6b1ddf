package dev.ravine.optim.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Workers;
import dev.ravine.nn.Module;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.firstorder.FirstOrder;
import dev.ravine.optim.objective.ParameterGroup;
import dev.ravine.optim.objective.Parameters;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.problems.VariantFigures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fifty steps of each method are held against an independent program in NumPy, {@code matrix.py}; and the same steps
 * after a resume, in single precision, and with other numbers of workers.
 */
class MatrixTrajectoriesTest {
    private static final int STEPS = 50;

    /** Sums over the parameters after each step. */
    private static final Map<String, List<double[]>> FIGURES =
            VariantFigures.read(MatrixTrajectoriesTest.class, "matrix.txt");

    private static final Map<String, Function<Module, FirstOrder.Builder<?>>> VARIANTS = variants();

    private static Map<String, Function<Module, FirstOrder.Builder<?>>> variants() {
        Map<String, Function<Module, FirstOrder.Builder<?>>> all = new LinkedHashMap<>();
        all.put("muon-deep", Muon::builder);
        all.put(
                "muon-deep-rms",
                net -> Muon.builder(net)
                        .learningRate(t -> 0.01 / (1 + 0.1 * t))
                        .weightDecay(0.1)
                        .adjustment(MuonAdjustment.MATCH_RMS_ADAMW)
                        .othersRate(0.5));
        all.put("muon-tied", net -> Muon.builder(net).matrices(all(net)).weightDecay(0.05));
        all.put(
                "muon-tied-classical",
                net -> Muon.builder(net)
                        .matrices(all(net))
                        .nesterov(false)
                        .momentum(0.8)
                        .iterations(3));
        all.put("soap-plain", net -> Soap.builder(net).epsilon(1e-3));
        all.put(
                "soap-plain-first",
                net -> Soap.builder(net)
                        .epsilon(1e-3)
                        .start(SoapStart.USE_FIRST)
                        .every(3)
                        .betas(0.9, 0.95)
                        .shampooBeta(0.8)
                        .weightDecay(0.1));
        all.put("soap-deep-sides", net -> Soap.builder(net).largest(3).epsilon(1e-3));
        all.put(
                "soap-tied-sides",
                net -> Soap.builder(net).largest(4).learningRate(0.01).every(1).epsilon(1e-3));
        all.put("shampoo-deep", net -> Shampoo.builder(net).epsilon(1e-6));
        all.put(
                "shampoo-deep-sum",
                net -> Shampoo.builder(net)
                        .learningRate(0.03)
                        .betas(0.9, 1)
                        .every(1)
                        .epsilon(1e-6)
                        .grafting(Grafting.NONE)
                        .weightDecay(0.1));
        all.put(
                "shampoo-deep-blocks",
                net -> Shampoo.builder(net)
                        .learningRate(0.01)
                        .largest(3)
                        .every(7)
                        .start(3)
                        .grafting(Grafting.SGD)
                        .momentum(0.5)
                        .epsilon(1e-6));
        all.put(
                "shampoo-tied-half",
                net -> Shampoo.builder(net)
                        .learningRate(0.01)
                        .exponent(0.5)
                        .epsilon(1e-5)
                        .every(5)
                        .grafting(Grafting.ADAGRAD));
        all.put(
                "shampoo-tied-rmsprop",
                net -> Shampoo.builder(net)
                        .betas(0, 0.9)
                        .epsilon(1e-4)
                        .every(2)
                        .grafting(Grafting.RMSPROP, 0.9, 1e-8)
                        .weightDecay(0.2)
                        .momentum(0.9));
        all.put(
                "shampoo-deep-kl",
                net -> Shampoo.builder(net)
                        .kullbackLeibler(true)
                        .grafting(Grafting.NONE)
                        .learningRate(0.001)
                        .every(5)
                        .epsilon(1e-2));
        all.put(
                "shampoo-tied-kl",
                net -> Shampoo.builder(net)
                        .kullbackLeibler(true)
                        .betas(0.9, 0.9)
                        .every(2)
                        .start(1)
                        .epsilon(1e-4)
                        .weightDecay(0.1));
        return all;
    }

    private static ParameterGroup all(Module net) {
        return ParameterGroup.of("all", net, Parameters.named("*"));
    }

    static Stream<String> names() {
        return VARIANTS.keySet().stream();
    }

    @Test
    void allAreCompared() {
        assertThat(VARIANTS.keySet()).containsExactlyElementsOf(FIGURES.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void goesWhereTheReferenceGoes(String name) {
        compare(name, DType.FLOAT64, 1e-12, 1);
    }

    /** In single precision the same formulas, if not the same numbers. */
    @ParameterizedTest
    @MethodSource("names")
    void goesThereInSinglePrecision(String name) {
        compare(name, DType.FLOAT32, 2e-3, STEPS);
    }

    private static void compare(String name, DType dtype, double tolerance, int every) {
        List<double[]> expected = FIGURES.get(name);
        assertThat(expected).hasSize(STEPS);
        Module net = net(name);
        try (Workers workers = new Workers(1);
                SupervisedObjective objective = MatrixNets.objective(net, dtype, workers);
                FirstOrder optimizer = optimizer(name, net)) {
            for (int t = 0; t < STEPS; t++) {
                optimizer.step(objective, objective.theta());
                if ((t + 1) % every == 0) {
                    double[] line = expected.get(t);
                    double[] sums = sums(objective);
                    double scale = Math.sqrt(line[2] * objective.size());
                    assertThat(sums[0]).as("step %d", t + 1).isCloseTo(line[0], within(tolerance * scale));
                    assertThat(sums[1]).as("step %d", t + 1).isCloseTo(line[1], within(tolerance * scale));
                    assertThat(sums[2]).as("step %d", t + 1).isCloseTo(line[2], within(tolerance * line[2]));
                }
            }
        }
    }

    private static double[] sums(SupervisedObjective objective) {
        double[] theta = Arena.toDoubles(objective.theta());
        double[] sums = new double[3];
        for (int i = 0; i < theta.length; i++) {
            sums[0] += Math.sin(i + 1) * theta[i];
            sums[1] += Math.cos(0.7 * i) * theta[i];
            sums[2] += theta[i] * theta[i];
        }
        return sums;
    }

    private static Module net(String name) {
        if (name.contains("plain")) {
            return MatrixNets.plain();
        }
        return name.contains("tied") ? MatrixNets.tied() : MatrixNets.deep();
    }

    private static FirstOrder optimizer(String name, Module net) {
        return VARIANTS.get(name).apply(net).batchSize(0).build();
    }

    /** With roots and bases that are some steps old, also at the first step and right after a refresh. */
    @ParameterizedTest
    @MethodSource("names")
    void aResumeGoesOnBitForBit(String name) {
        for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32)) {
            double[] whole = run(name, dtype, 1, 24, List.of());
            assertThat(run(name, dtype, 1, 24, List.of(0, 1, 2, 3, 10, 11, 13, 20)))
                    .containsExactly(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theNumberOfWorkersChangesNoBit(String name) {
        double[] one = run(name, DType.FLOAT32, 1, 12, List.of());
        assertThat(run(name, DType.FLOAT32, 2, 12, List.of())).containsExactly(one);
        assertThat(run(name, DType.FLOAT32, 4, 12, List.of())).containsExactly(one);
    }

    /** Begins with a new optimizer after some of the steps. */
    private static double[] run(String name, DType dtype, int threads, int steps, List<Integer> resumes) {
        Module net = net(name);
        try (Workers workers = new Workers(threads);
                SupervisedObjective objective = MatrixNets.objective(net, dtype, workers)) {
            FirstOrder optimizer = batches(name, net);
            for (int t = 0; t < steps; t++) {
                if (resumes.contains(t)) {
                    OptimizerState state = optimizer.state();
                    optimizer.close();
                    optimizer = batches(name, net);
                    optimizer.restore(state);
                    assertThat(optimizer.state().numbers()).isEqualTo(state.numbers());
                    assertThat(optimizer.state().vectors()).isEqualTo(state.vectors());
                }
                optimizer.step(objective, objective.theta());
            }
            optimizer.close();
            return Arena.toDoubles(objective.theta());
        }
    }

    private static FirstOrder batches(String name, Module net) {
        return VARIANTS.get(name).apply(net).batchSize(8).build();
    }
}
