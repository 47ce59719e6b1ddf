package dev.ravine.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Buffer;
import dev.ravine.nn.FiniteDifferences;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.RunningStatistics;
import dev.ravine.nn.SavedWeights;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Buffers, running statistics and modes of batch normalization; {@link SequenceFiguresTest} has its derivatives. */
class BatchNormTest {
    private static INDArray data(long seed, long... dims) {
        Shape shape = Shape.of(dims);
        return Arena.of(DType.FLOAT64, shape, FiniteDifferences.gaussian(seed, (int) shape.count()));
    }

    private static <M extends Module> M initialized(M module) {
        module.initialize(DType.FLOAT64, 3);
        return module;
    }

    @Test
    void theContractHoldsInBothModesAndFrozen() {
        ModuleContract.of(() -> new BatchNorm(3), Shape.of(4, 3)).check();
        ModuleContract.of(() -> new BatchNorm(2, 1e-2), Shape.of(2, 3, 2)).check();
        ModuleContract.of(() -> BatchNorm.frozen(3, 1e-5), Shape.of(4, 3)).check();
    }

    /** The mean and the variance divided by n - 1, over batches of all data. */
    @Test
    void runningStatisticsAreTheMeansOverBatches() {
        BatchNorm norm = initialized(new BatchNorm(2));
        int rows = RunningStatistics.BATCH + 200;
        INDArray x = data(1, rows, 2);
        norm.eval();
        RunningStatistics.update(norm, x);
        assertThat(norm.isTraining()).isFalse();
        double[] numbers = Arena.toDoubles(x);
        double[] means = new double[2];
        double[] variances = new double[2];
        for (int batch = 0; batch < 2; batch++) {
            for (int channel = 0; channel < 2; channel++) {
                double mean = 0;
                for (int i = 0; i < rows / 2; i++) {
                    mean += numbers[2 * (batch * rows / 2 + i) + channel] / (rows * 0.5);
                }
                for (int i = 0; i < rows / 2; i++) {
                    double deviation = numbers[2 * (batch * rows / 2 + i) + channel] - mean;
                    variances[channel] += deviation * deviation / (rows / 2 - 1) / 2;
                }
                means[channel] += mean / 2;
            }
        }
        assertThat(numbers(norm, "running_mean")).containsExactly(means, within(1e-14));
        assertThat(numbers(norm, "running_var")).containsExactly(variances, within(1e-13));
    }

    private static double[] numbers(Module module, String buffer) {
        return Arena.toDoubles(module.namedBuffers().get(buffer).array());
    }

    private static long keyOfEvaluation(Module module) {
        module.eval();
        long key = module.graphKey();
        module.train();
        return key;
    }

    @Test
    void predictionsFollowTheBuffers() {
        BatchNorm norm = initialized(new BatchNorm(2, 0));
        INDArray x = Arena.of(DType.FLOAT64, Shape.of(2, 2), 1, 2, 3, 8);
        try (Predictor predictor = new Predictor(norm)) {
            assertThat(Arena.toDoubles(predictor.outputs(x))).containsExactly(1, 2, 3, 8);
            long key = norm.graphKey();
            long evaluation = keyOfEvaluation(norm);
            RunningStatistics.update(norm, x);
            assertThat(norm.graphKey())
                    .as("training takes the statistics of batches")
                    .isEqualTo(key);
            assertThat(keyOfEvaluation(norm)).isNotEqualTo(evaluation);
            double root = Math.sqrt(0.5);
            assertThat(Arena.toDoubles(predictor.outputs(x)))
                    .containsExactly(new double[] {-root, -root, root, root}, within(1e-15));
        }
    }

    @Test
    void buffersAreSavedAndLoadedWithTheParameters() {
        Sequential model = initialized(new Sequential(new BatchNorm(2)));
        RunningStatistics.update(model, data(2, 5, 2));
        assertThat(model.stateDict()).containsOnlyKeys("0.gain", "0.bias", "0.running_mean", "0.running_var");
        Sequential other = initialized(new Sequential(new BatchNorm(2)));
        other.loadStateDict(model.stateDict());
        assertThat(numbers(other, "0.running_var")).containsExactly(numbers(model, "0.running_var"));
        Map<String, INDArray> partial = model.stateDict();
        partial.remove("0.running_mean");
        assertThatThrownBy(() -> other.loadStateDict(partial))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing [0.running_mean]");
        Map<String, INDArray> wrong = model.stateDict();
        wrong.put("0.running_mean", data(1, 3));
        assertThatThrownBy(() -> other.loadStateDict(wrong))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("buffer '0.running_mean' is FLOAT64 [2], the state has FLOAT64 [3]");
    }

    @Test
    void aStateOfPyTorchIsLoadedAsItIs() {
        Map<String, INDArray> state = new LinkedHashMap<>();
        state.put("weight", data(1, 2));
        state.put("bias", data(2, 2));
        state.put("running_mean", data(3, 2));
        state.put("running_var", Arena.of(DType.FLOAT64, Shape.of(2), 2, 3));
        state.put("num_batches_tracked", Arena.ofIntegers(7));
        BatchNorm norm = initialized(new BatchNorm(2));
        SavedWeights.of("a file", state).transposed().load(norm);
        assertThat(Arena.toDoubles(norm.stateDict().get("gain"))).containsExactly(Arena.toDoubles(data(1, 2)));
        assertThat(numbers(norm, "running_var")).containsExactly(2, 3);
        norm.initialize(DType.FLOAT32, 1);
        SavedWeights.of("a file", state).transposed().converted().load(norm);
        assertThat(numbers(norm, "running_var")).containsExactly(2, 3);
    }

    @Test
    void aFrozenLayerIsTheSameInBothModes() {
        BatchNorm norm = initialized(BatchNorm.frozen(2, 1e-5));
        norm.namedBuffers().get("running_mean").set(data(1, 2));
        Tensor x = Tensor.constant(data(4, 3, 2));
        assertThat(norm.rowsMix()).isFalse();
        double[] training = Arena.toDoubles(norm.apply(x).value());
        norm.eval();
        assertThat(Arena.toDoubles(norm.apply(x).value())).containsExactly(training);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Sequential model = initialized(new Sequential(new BatchNorm(2)));
        assertThatThrownBy(() -> model.apply(Tensor.constant(data(1, 3, 3))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'Sequential.0': batchNorm: needs an input [examples, ..., 2]");
        assertThatThrownBy(() -> model.apply(Tensor.constant(data(1, 1, 2))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("at least 2 examples");
        assertThat(model.firstMixing()).contains("Sequential.0");
        Buffer fresh = new BatchNorm(2).namedBuffers().get("running_mean");
        assertThatThrownBy(fresh::tensor)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call initialize");
    }
}
