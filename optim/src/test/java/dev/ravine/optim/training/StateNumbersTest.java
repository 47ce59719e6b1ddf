package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Generators;
import dev.ravine.core.io.Safetensors;
import dev.ravine.nn.Loss;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.optim.Optimizer;
import dev.ravine.optim.OptimizerState;
import dev.ravine.optim.firstorder.Plateau;
import dev.ravine.optim.firstorder.Sgd;
import dev.ravine.optim.leastsquares.BayesianRegularization;
import dev.ravine.optim.leastsquares.LeastSquaresSolver;
import dev.ravine.optim.leastsquares.LevenbergMarquardt;
import dev.ravine.optim.newton.Bfgs;
import dev.ravine.optim.newton.ConjugacyRule;
import dev.ravine.optim.newton.HessianFree;
import dev.ravine.optim.newton.Lbfgs;
import dev.ravine.optim.newton.NonlinearConjugateGradients;
import dev.ravine.optim.newton.ScaledConjugateGradients;
import dev.ravine.optim.newton.TrustRegionNewton;
import dev.ravine.optim.objective.NonFiniteLossException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A checkpoint whose digest is right may still hold numbers that no run saves. Each number and vector is checked when a
 * run goes on from it: the run goes on, or says why not.
 */
class StateNumbersTest extends ClosesOptimizers {
    private static final DataSet MOONS = Generators.twoMoons(60, 0.1, 1).as(DType.FLOAT64);
    private static final double[] BAD = {
        -1, -0.5, 0.5, 1e9, Integer.MAX_VALUE, -2147483648.0, 1e300, Double.NaN, Double.POSITIVE_INFINITY
    };

    @TempDir
    Path folder;

    static Stream<Supplier<Optimizer>> optimizers() {
        return Stream.of(
                () -> Sgd.builder()
                        .momentum(0.9)
                        .batchSize(20)
                        .plateau(Plateau.of(0.5, 1))
                        .build(),
                () -> HessianFree.builder()
                        .gradientExamples(40)
                        .lossExamples(30)
                        .curvatureExamples(20)
                        .build(),
                () -> Lbfgs.builder().memory(3).build(),
                () -> Bfgs.builder().build(),
                () -> NonlinearConjugateGradients.builder()
                        .rule(ConjugacyRule.POWELL_BEALE)
                        .build(),
                () -> ScaledConjugateGradients.builder().build(),
                () -> BayesianRegularization.builder().build(),
                () -> TrustRegionNewton.builder().build(),
                () -> LevenbergMarquardt.builder()
                        .solver(LeastSquaresSolver.NORMAL_EQUATIONS)
                        .build());
    }

    private void train(Optimizer optimizer, int steps) throws IOException {
        var net = new Sequential(new Linear(2, 3), Activation.tanh(), new Linear(3, 2));
        net.initialize(DType.FLOAT64, 1);
        Trainer.builder(net, Loss.softmaxCrossEntropy(), MOONS)
                .optimizer(opened(optimizer))
                .budget(Budget.steps(steps))
                .validation(MOONS, Metric.accuracy())
                .keepBest()
                .earlyStopping(100, 0)
                .checkpoints(new CheckpointFolder(folder.resolve("run"), 1), 100)
                .build()
                .train();
    }

    private Checkpoint saved(Supplier<Optimizer> optimizer) throws IOException {
        train(optimizer.get(), 4);
        return checkpoints().latest().orElseThrow();
    }

    private CheckpointFolder checkpoints() {
        return new CheckpointFolder(folder.resolve("run"), 1);
    }

    private boolean goesOn(Checkpoint from, Supplier<Optimizer> optimizer) throws IOException {
        for (Path file : checkpoints().files()) {
            Files.delete(file);
        }
        checkpoints().write(from);
        try {
            train(optimizer.get(), 7);
            return true;
        } catch (IllegalArgumentException | NonFiniteLossException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void eachNumberIsChecked(Supplier<Optimizer> optimizer) throws IOException {
        Checkpoint good = saved(optimizer);
        int refused = 0;
        for (double bad : BAD) {
            for (String name : good.state().numbers().keySet()) {
                Map<String, Double> numbers = new HashMap<>(good.state().numbers());
                numbers.put(name, bad);
                OptimizerState state =
                        new OptimizerState(4, numbers, good.state().vectors());
                refused += goesOn(with(good, state, good.numbers(), good.arrays()), optimizer) ? 0 : 1;
            }
            for (String name : good.numbers().keySet()) {
                Map<String, Double> numbers = new LinkedHashMap<>(good.numbers());
                numbers.put(name, bad);
                refused += goesOn(with(good, good.state(), numbers, good.arrays()), optimizer) ? 0 : 1;
            }
        }
        assertThat(refused).isGreaterThan(30);
    }

    private static Checkpoint with(
            Checkpoint good, OptimizerState state, Map<String, Double> numbers, Map<String, INDArray> arrays) {
        return new Checkpoint(good.model(), good.optimizer(), state, numbers, arrays, good.settings());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void eachVectorIsChecked(Supplier<Optimizer> optimizer) throws IOException {
        Checkpoint good = saved(optimizer);
        for (String name : good.state().vectors().keySet()) {
            Map<String, INDArray> vectors = new HashMap<>(good.state().vectors());
            vectors.put(name, Arena.create(DType.FLOAT64, Shape.of(5)));
            OptimizerState state = new OptimizerState(4, good.state().numbers(), vectors);
            assertThat(goesOn(with(good, state, good.numbers(), good.arrays()), optimizer))
                    .as(name)
                    .isFalse();
        }
        for (String name : good.arrays().keySet()) {
            Map<String, INDArray> arrays = new LinkedHashMap<>(good.arrays());
            arrays.put(name, Arena.create(DType.FLOAT64, Shape.of(5)));
            assertThat(goesOn(with(good, good.state(), good.numbers(), arrays), optimizer))
                    .as(name)
                    .isFalse();
        }
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        Supplier<Optimizer> hf =
                () -> HessianFree.builder().curvatureExamples(20).build();
        Checkpoint good = saved(hf);
        Map<String, Double> numbers = new HashMap<>(good.state().numbers());
        numbers.put("curvature_cursor", -1.0);
        checkpoints()
                .write(with(
                        good, new OptimizerState(4, numbers, good.state().vectors()), good.numbers(), good.arrays()));
        assertThatThrownBy(() -> train(hf.get(), 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the state's 'curvature_cursor' must be a whole number from 0")
                .hasMessageContaining("found -1.0");
    }

    @Test
    void aLaterFormatIsNotDamaged() throws IOException {
        Supplier<Optimizer> sgd = () -> Sgd.builder().build();
        saved(sgd);
        Path file = checkpoints().files().get(0);
        Safetensors.Contents contents = Safetensors.read(file);
        Map<String, String> metadata = new TreeMap<>(contents.metadata());
        metadata.put("format", "ravine-checkpoint-7");
        Safetensors.write(file.resolveSibling("step-000000009.safetensors"), contents.arrays(), metadata);
        assertThatThrownBy(() -> train(sgd.get(), 7))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("step-000000009.safetensors: a later version of Ravine has written it, in format"
                        + " ravine-checkpoint-7; this version reads ravine-checkpoint-1");
    }
}
