package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.io.FloatFormat;
import dev.ravine.core.io.MalformedFileException;
import dev.ravine.core.io.Npy;
import dev.ravine.core.io.Npz;
import dev.ravine.core.io.Safetensors;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class WeightsTest {
    @TempDir
    Path folder;

    private static Sequential net(DType dtype, long seed) {
        var net = new Sequential(new Linear(2, 3), Activation.tanh(), new Linear(3, 1));
        net.initialize(dtype, seed);
        return net;
    }

    /** A file that weights.py made. */
    private static Path golden(String name) throws URISyntaxException {
        return Path.of(WeightsTest.class.getResource(name).toURI());
    }

    private static double[] parameters(Module net) {
        return Arena.toDoubles(net.parameterVector().array());
    }

    @ParameterizedTest
    @ValueSource(strings = {"weights.npz", "weights-fortran.npz", "weights.safetensors"})
    void weightsMadeInPythonGiveTheOutputsOfPython(String file) throws Exception {
        Sequential net = net(DType.FLOAT32, 1);
        Weights.load(net, golden(file));
        assertThat(parameters(net))
                .containsExactly(-0.25, -0.125, 0, 0.125, 0.25, 0.375, 0.5, -0.5, 0.25, 1, -2, 3, 0.125);
        INDArray x = Arena.of(DType.FLOAT32, Shape.of(2, 2), 1, 2, -1, 0.5);
        INDArray expected = Npy.read(golden("outputs.npy"));
        INDArray found = net.apply(Tensor.constant(x)).value();
        for (int i = 0; i < 2; i++) {
            assertThat(found.getDouble(i)).isCloseTo(expected.getDouble(i), within(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.npz", "a.safetensors"})
    void whatWasSavedIsLoadedBitForBit(String name) throws IOException {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Sequential net = net(dtype, 1);
            Weights.save(net, folder.resolve(name));
            Sequential other = net(dtype, 2);
            assertThat(parameters(other)).isNotEqualTo(parameters(net));
            Weights.load(other, folder.resolve(name));
            assertThat(parameters(other)).isEqualTo(parameters(net));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.npz", "a.safetensors"})
    void allThatDoesNotFitIsNamedAtOnce(String name) throws IOException {
        Sequential net = net(DType.FLOAT32, 1);
        double[] before = parameters(net);
        Map<String, INDArray> state = new LinkedHashMap<>(net(DType.FLOAT32, 2).stateDict());
        state.put("0.weight", Arena.create(DType.FLOAT32, Shape.of(3, 2)));
        state.put("2.weight", Arena.create(DType.FLOAT64, Shape.of(3, 1)));
        Path file = folder.resolve(name);
        write(file, state);
        assertThatThrownBy(() -> Weights.load(net, file))
                .isInstanceOf(ShapeException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining("parameter '0.weight' is FLOAT32 [2, 3], the state has FLOAT32 [3, 2]")
                .hasMessageContaining("parameter '2.weight' is FLOAT32 [3, 1], the state has FLOAT64 [3, 1]");
        state.remove("0.bias");
        state.remove("2.bias");
        state.put("4.weight", Arena.create(DType.FLOAT32, Shape.of(1)));
        write(file, state);
        assertThatThrownBy(() -> Weights.load(net, file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining("missing [0.bias, 2.bias], unknown [4.weight], and parameter '0.weight' is")
                .hasMessageContaining("parameter '2.weight' is")
                .hasMessageContaining("the model has [0.weight, 0.bias, 2.weight, 2.bias]");
        assertThat(parameters(net)).isEqualTo(before);
    }

    private static double[] pythonOutputs() throws Exception {
        return Arena.toDoubles(Npy.read(golden("outputs.npy")));
    }

    private static double[] outputs(Module net) {
        return Arena.toDoubles(net.apply(Tensor.constant(Arena.of(DType.FLOAT32, Shape.of(2, 2), 1, 2, -1, 0.5)))
                .value());
    }

    /** The weights of weights.py as PyTorch keeps them: [outputs, inputs]. */
    @ParameterizedTest
    @ValueSource(strings = {"weights.pt", "weights-torch.safetensors"})
    void weightsOfPyTorchAreTransposed(String file) throws Exception {
        Sequential net = net(DType.FLOAT32, 1);
        LoadReport report = Weights.pytorch(golden(file)).load(net);
        assertThat(report.isComplete()).isTrue();
        assertThat(report.loaded()).containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
        assertThat(report).hasToString("loaded 4 of 4 parameters");
        assertThat(parameters(net))
                .containsExactly(-0.25, -0.125, 0, 0.125, 0.25, 0.375, 0.5, -0.5, 0.25, 1, -2, 3, 0.125);
        assertThat(outputs(net)).containsExactly(pythonOutputs(), within(1e-6));
    }

    @Test
    void aSquareWeightOfPyTorchIsTransposedToo() {
        Sequential net = new Sequential(new Linear(2, 2));
        net.initialize(DType.FLOAT64, 1);
        Map<String, INDArray> state = Map.of(
                "0.weight", Arena.of(DType.FLOAT64, Shape.of(2, 2), 1, 2, 3, 4),
                "0.bias", Arena.of(DType.FLOAT64, Shape.of(2), 5, 6));
        SavedWeights.of("memory", state).transposed().load(net);
        assertThat(parameters(net)).containsExactly(1, 3, 2, 4, 5, 6);
        SavedWeights.of("memory", state).load(net);
        assertThat(parameters(net)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void onlyWeightMatricesAreTransposed() {
        Module net = new Module() {
            private final Parameter table = parameter("table", Initializer.zeros(), new Fans(1, 2), 2, 2);

            @Override
            public Tensor forward(Tensor x) {
                return x.matmul(table.tensor());
            }
        };
        net.initialize(DType.FLOAT64, 1);
        SavedWeights.of("memory", Map.of("table", Arena.of(DType.FLOAT64, Shape.of(2, 2), 1, 2, 3, 4)))
                .transposed()
                .load(net);
        assertThat(parameters(net))
                .as("its fans say that it is no weight matrix")
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void namesAreMapped() throws Exception {
        Sequential net = net(DType.FLOAT64, 1);
        SavedWeights saved = Weights.pytorch(golden("checkpoint.pt"));
        assertThat(saved.arrays().keySet())
                .containsExactly(
                        "model.fc1.weight",
                        "model.fc1.bias",
                        "model.head.weight",
                        "model.head.bias",
                        "model.log.scale");
        SavedWeights model = saved.within("model").renamed("fc1", "0").renamed("head", "2");
        assertThatThrownBy(() -> model.load(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(golden("checkpoint.pt").toString())
                .hasMessageContaining("unknown [log.scale]")
                .hasMessageContaining("FLOAT64 [2, 3], the state has FLOAT32 [2, 3]");
        SavedWeights fitting = model.converted().renamed(name -> name.startsWith("log") ? null : name);
        assertThat(fitting.load(net).isComplete()).isTrue();
        assertThat(parameters(net))
                .containsExactly(-0.25, -0.125, 0, 0.125, 0.25, 0.375, 0.5, -0.5, 0.25, 1, -2, 3, 0.125);
        assertThatThrownBy(() -> saved.within("modul"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no array 'modul' or 'modul.*'")
                .hasMessageContaining("model.fc1.weight");
        assertThatThrownBy(() -> saved.renamed("fc1", "0")).hasMessageContaining("no array 'fc1'");
        assertThatThrownBy(() -> saved.renamed(name -> "same"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two arrays would be called 'same'");
    }

    @Test
    void whatFitsIsLoadedAndTheRestReported() throws Exception {
        Sequential net = new Sequential(new Linear(2, 3), Activation.tanh(), new Linear(3, 2), new Linear(2, 1));
        net.initialize(DType.FLOAT32, 1);
        double[] before = parameters(net);
        LoadReport report = Weights.read(golden("weights.safetensors"))
                .renamed("2.bias", "other")
                .loadFitting(net);
        assertThat(report.loaded()).containsExactly("0.weight", "0.bias");
        assertThat(report.missing()).containsExactly("2.bias", "3.weight", "3.bias");
        assertThat(report.unexpected()).containsExactly("other");
        assertThat(report.misfits())
                .containsExactly(new LoadReport.Misfit("2.weight", "FLOAT32 [3, 2]", "FLOAT32 [3, 1]"));
        assertThat(report.isComplete()).isFalse();
        assertThat(report)
                .hasToString(
                        "loaded 2 of 6 parameters; missing [2.bias, 3.weight, 3.bias]; unexpected [other]; of"
                                + " another shape or dtype [parameter '2.weight' is FLOAT32 [3, 2], the file has FLOAT32 [3, 1]]");
        assertThat(Arrays.copyOf(parameters(net), 9))
                .containsExactly(-0.25, -0.125, 0, 0.125, 0.25, 0.375, 0.5, -0.5, 0.25);
        assertThat(Arrays.copyOfRange(parameters(net), 9, 20)).isEqualTo(Arrays.copyOfRange(before, 9, 20));
    }

    @Test
    void nothingThatFitsIsAnError() throws Exception {
        Sequential net = net(DType.FLOAT32, 1);
        double[] before = parameters(net);
        SavedWeights saved = Weights.read(golden("weights.npz"));
        assertThatThrownBy(() -> saved.renamed(name -> "x" + name).loadFitting(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no array fits a parameter")
                .hasMessageContaining("unexpected [x0.bias, x0.weight, x2.bias, x2.weight]");
        assertThat(parameters(net)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"a.npz, F16", "a.safetensors, F16", "a.safetensors, BF16"})
    void weightsAreKeptInHalfPrecision(String name, FloatFormat format) throws IOException {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Sequential net = net(dtype, 1);
            Path file = folder.resolve(name);
            Weights.save(net, file, format);
            Sequential other = net(dtype, 2);
            SavedWeights saved = Weights.read(file);
            if (dtype == DType.FLOAT64) {
                assertThatThrownBy(() -> saved.load(other))
                        .as("another precision is asked for, not assumed")
                        .isInstanceOf(ShapeException.class);
            }
            saved.converted().load(other);
            double[] expected = parameters(net);
            double error = format == FloatFormat.F16 ? 0x1p-11 : 0x1p-8;
            for (int i = 0; i < expected.length; i++) {
                assertThat(parameters(other)[i]).isCloseTo(expected[i], within(error * Math.abs(expected[i]) + 1e-8));
            }
            assertThat(parameters(other)).isNotEqualTo(expected);
        }
    }

    @Test
    void conversionRoundsOnceAndRefusesWhatIsTooLarge() {
        Sequential net = new Sequential(new Linear(1, 1));
        net.initialize(DType.FLOAT32, 1);
        SavedWeights saved = SavedWeights.of(
                "memory",
                Map.of(
                        "0.weight", Arena.of(DType.FLOAT64, Shape.of(1, 1), 0.1),
                        "0.bias", Arena.of(DType.FLOAT64, Shape.of(1), Double.POSITIVE_INFINITY)));
        saved.converted().load(net);
        assertThat(parameters(net)).containsExactly(0.1f, Double.POSITIVE_INFINITY);
        SavedWeights large =
                SavedWeights.of("memory", Map.of("0.weight", Arena.of(DType.FLOAT64, Shape.of(1, 1), 1e39)));
        assertThatThrownBy(() -> large.converted().loadFitting(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parameter '0.weight': element 0 is 1.0E39, which is too large for FLOAT32");
    }

    @Test
    void integersAreNotConverted() {
        Sequential net = new Sequential(new Linear(1, 1));
        net.initialize(DType.FLOAT32, 1);
        SavedWeights saved = SavedWeights.of("memory", Map.of("0.bias", Arena.ofIntegers(1)));
        assertThatThrownBy(() -> saved.converted().loadFitting(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the file has INT64 [1]");
    }

    private static void write(Path file, Map<String, INDArray> state) throws IOException {
        if (file.toString().endsWith(".npz")) {
            Npz.write(file, state);
        } else {
            Safetensors.write(file, state, Map.of());
        }
    }

    @Test
    void filesOfOtherKindsAreRefused() throws Exception {
        Sequential net = net(DType.FLOAT32, 1);
        assertThatThrownBy(() -> Weights.save(net, folder.resolve("a.bin")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("end with .safetensors or .npz");
        assertThatThrownBy(() -> Weights.save(net, folder.resolve("a.pt")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Weights.load(net, golden("weights.pt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("read them by Weights.pytorch");
        assertThatThrownBy(() -> Weights.pytorch(folder.resolve("a.onnx")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".pt, .pth, .bin");
        Path damaged = Files.write(folder.resolve("a.npz"), new byte[100]);
        assertThatThrownBy(() -> Weights.load(net, damaged)).isInstanceOf(MalformedFileException.class);
    }

    /** Outputs of PyTorch 1.13 for Conv2d(1, 2, 3), Tanh, Flatten, Linear(12, 2) on two images of 4 x 5 pixels. */
    @Test
    void aConvolutionalNetOfPyTorchGivesItsOutputs() throws IOException, URISyntaxException {
        var net = new Sequential(new Conv2d(1, 2, 3), Activation.tanh(), new Flatten(), new Linear(12, 2));
        net.initialize(DType.FLOAT64, 1);
        SavedWeights saved = Weights.pytorch(golden("conv-torch.safetensors"));
        saved.flattened("3", 2, 2, 3).load(net);
        double[] pixels = new double[40];
        Arrays.setAll(pixels, Math::cos);
        try (var predictor = new Predictor(net)) {
            INDArray images = Arena.of(DType.FLOAT64, Shape.of(2, 4, 5, 1), pixels);
            assertThat(Arena.toDoubles(predictor.outputs(images)))
                    .containsExactly(
                            new double[] {
                                -0.00815053217885571, -0.1630632767448303, -0.1139173787390813, -0.2792825569149636
                            },
                            within(1e-14));
        }
        assertThatThrownBy(() -> saved.flattened("3", 2, 3, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'3.weight' should be [outputs, 2 * 3 * 3], found [2, 12]");
        assertThatThrownBy(() -> saved.flattened("2", 2, 2, 3)).hasMessageContaining("there is no array '2.weight'");
        assertThatThrownBy(() -> Weights.read(golden("weights.safetensors")).flattened("0", 1, 1, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Weights.pytorch");
    }

    @Test
    void weightsOfAnotherPrecisionOrLayoutSayHowToLoadThem() {
        Linear wide = new Linear(3, 2);
        wide.initialize(DType.FLOAT64, 1);
        Map<String, INDArray> single = new LinkedHashMap<>();
        single.put("weight", Arena.create(DType.FLOAT32, Shape.of(3, 2)));
        single.put("bias", Arena.create(DType.FLOAT32, Shape.of(2)));
        SavedWeights narrow = SavedWeights.of("a file", single);
        assertThatThrownBy(() -> narrow.load(wide))
                .hasMessageEndingWith("; converted() takes numbers of another precision");
        assertThatThrownBy(() -> narrow.loadFitting(wide))
                .hasMessageEndingWith("; converted() takes numbers of another precision");
        assertThat(narrow.converted().load(wide).isComplete()).isTrue();
        Map<String, INDArray> turned = new LinkedHashMap<>(wide.stateDict());
        turned.put("weight", Arena.create(DType.FLOAT64, Shape.of(2, 3)));
        assertThatThrownBy(() -> SavedWeights.of("a file", turned).load(wide))
                .isInstanceOf(ShapeException.class)
                .hasMessageEndingWith("; if PyTorch wrote the weights, read them by Weights.pytorch");
        turned.put("bias", null);
        assertThatThrownBy(() -> SavedWeights.of("a file", turned))
                .hasMessage("the arrays must not be null, but that of 'bias' is");
    }
}
