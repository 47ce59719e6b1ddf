package dev.ravine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import dev.ravine.core.data.Standardize;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Predictor;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.AdaptiveAvgPool2d;
import dev.ravine.nn.layers.AvgPool2d;
import dev.ravine.nn.layers.BatchNorm;
import dev.ravine.nn.layers.Conv1d;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.GroupNorm;
import dev.ravine.nn.layers.Gru;
import dev.ravine.nn.layers.InstanceNorm;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.MaxPool2d;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Residual;
import dev.ravine.nn.layers.Rnn;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.nn.layers.Unflatten;
import dev.ravine.nn.onnx.OnnxModel;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Nets and what ONNX Runtime computes for their files, on random inputs and with random parameters. */
class OnnxRuntimeTest {
    private static final double TOLERANCE = 1e-5;
    private static final OrtEnvironment RUNTIME = OrtEnvironment.getEnvironment();

    private static final Window ODD = new Window(new Window.Axis(3, 2, 1, 2, 1), new Window.Axis(2, 3, 0, 1, 2));

    private static Arguments net(String name, Module net, long... example) {
        return Arguments.of(name, net, example);
    }

    private static Sequential chain(Module... modules) {
        return new Sequential(modules);
    }

    static Stream<Arguments> denseNets() {
        return Stream.of(
                net("one layer", new Linear(3, 2), 3),
                net("no bias", new Linear(5, 4, Initializer.lecunNormal(), false), 5),
                net("classifier", chain(new Linear(7, 5), Activation.tanh(), new Dropout(0.5), new Linear(5, 3)), 7),
                net("rows of sequences", chain(new Linear(3, 4), Activation.relu(), new Linear(4, 2)), 6, 3),
                net("four axes", new Linear(3, 4), 2, 5, 3),
                net("activations", activations(), 9),
                net("an activation by its function", chain(new Activation(Tensor::sigmoid), new Activation(x -> x)), 4),
                net("residual", new Residual(chain(new Linear(4, 4), Activation.silu())), 4),
                net("layer norm", chain(new LayerNorm(6, 1e-3), new Linear(6, 2)), 6),
                net("batch norm", chain(new Linear(4, 3), new BatchNorm(3, 1e-3), Activation.gelu()), 4),
                net("frozen batch norm", BatchNorm.frozen(3, 1e-2), 5, 3),
                net("group norm of rows", new GroupNorm(2, 6), 6),
                net("nothing", new Dropout(0.1), 3));
    }

    private static Sequential activations() {
        return chain(
                Activation.tanh(),
                Activation.leakyRelu(0.2),
                Activation.elu(0.7),
                Activation.softplus(),
                Activation.sigmoid(),
                Activation.gelu(),
                Activation.silu(),
                Activation.relu());
    }

    static Stream<Arguments> imageNets() {
        return Stream.of(
                net("one channel", new Conv2d(1, 1, 3), 5, 5, 1),
                net("odd window", Conv2d.builder(3, 4, ODD).build(), 9, 11, 3),
                net("groups", Conv2d.builder(6, 4, Window.of(2, 3)).groups(2).build(), 5, 7, 6),
                net(
                        "depthwise, no bias",
                        Conv2d.builder(3, 6, ODD).groups(3).withoutBias().build(),
                        7,
                        8,
                        3),
                net("same", Conv2d.builder(2, 3, Window.of(4, 3)).same().build(), 7, 6, 2),
                net(
                        "same, stride",
                        Conv2d.builder(2, 3, Window.of(4, 5).stride(3, 2))
                                .same()
                                .build(),
                        8,
                        9,
                        2),
                net(
                        "same, dilation",
                        Conv2d.builder(2, 3, Window.of(2, 3).dilation(2, 3))
                                .same()
                                .build(),
                        6,
                        7,
                        2),
                net("max pool", new MaxPool2d(ODD.padding(1, 0, 0, 1)), 8, 9, 3),
                net("average pool", new AvgPool2d(ODD.padding(1, 0, 1, 0), true), 8, 9, 3),
                net("average without padding", new AvgPool2d(ODD.padding(0, 1, 1, 1), false), 9, 8, 2),
                net("average, plain", new AvgPool2d(2), 6, 4, 2),
                net("global average", AdaptiveAvgPool2d.global(), 5, 4, 3),
                net("adaptive average", new AdaptiveAvgPool2d(3, 2), 7, 5, 4),
                net(
                        "norms",
                        chain(
                                new Conv2d(2, 6, 3),
                                new BatchNorm(6),
                                new GroupNorm(3, 6),
                                Activation.tanh(),
                                InstanceNorm.withGain(6, 1e-4),
                                new InstanceNorm(6),
                                new LayerNorm(6)),
                        6,
                        7,
                        2),
                net(
                        "flatten after channels",
                        chain(new Conv2d(2, 3, 2), new Flatten(), new Linear(3 * 4 * 5, 4)),
                        5,
                        6,
                        2),
                net(
                        "unflatten",
                        chain(new Unflatten(4, 5, 2), new Conv2d(2, 3, 3), Activation.relu(), new Unflatten(18)),
                        40),
                net(
                        "residual of images",
                        chain(
                                new Residual(chain(
                                        Conv2d.builder(3, 3, Window.of(3, 3))
                                                .same()
                                                .build(),
                                        Activation.relu())),
                                new Residual(new LayerNorm(3))),
                        5,
                        4,
                        3),
                net(
                        "residual after a convolution",
                        chain(new Conv2d(2, 3, 2), new Residual(new Linear(3, 3)), new Residual(new BatchNorm(3))),
                        4,
                        4,
                        2),
                net(
                        "lenet",
                        chain(
                                new Conv2d(1, 4, 5),
                                Activation.tanh(),
                                new MaxPool2d(2),
                                new Conv2d(4, 6, 3),
                                Activation.relu(),
                                new AvgPool2d(2),
                                new Flatten(),
                                new Linear(6, 5)),
                        14,
                        14,
                        1));
    }

    static Stream<Arguments> sequenceNets() {
        Window.Axis causal = Window.Axis.of(3).padding(4, 0).dilation(2);
        return Stream.of(
                net("causal convolution", Conv1d.builder(3, 4, causal).build(), 7, 3),
                net(
                        "groups of a sequence",
                        Conv1d.builder(4, 6, new Window.Axis(2, 2, 1, 0, 1))
                                .groups(2)
                                .build(),
                        7,
                        4),
                net(
                        "same, even window",
                        Conv1d.builder(2, 2, Window.Axis.of(4))
                                .same()
                                .withoutBias()
                                .build(),
                        6,
                        2),
                net("rnn", new Rnn(3, 4), 5, 3),
                net("rnn of relu", new Rnn(RecurrentSettings.of(3, 4).bidirectional(), Tensor::relu), 5, 3),
                net("lstm", new Lstm(3, 4), 5, 3),
                net("lstm, one step", new Lstm(3, 4), 1, 3),
                net("gru", new Gru(3, 4), 5, 3),
                net("gru without biases", new Gru(RecurrentSettings.of(3, 4).withoutBias()), 5, 3),
                net("everything of rnn", new Rnn(everything()), 5, 3),
                net("everything of lstm", new Lstm(everything()), 5, 3),
                net("everything of gru", new Gru(everything()), 5, 3),
                net("last step", new Lstm(everything().lastStep()), 4, 3),
                net("last step of gru", chain(new Gru(RecurrentSettings.of(3, 4).lastStep()), new Linear(4, 2)), 4, 3),
                net(
                        "convolution, then lstm",
                        chain(new Conv1d(2, 3, 2), Activation.tanh(), new Lstm(everything()), new Linear(8, 2)),
                        6,
                        2));
    }

    private static RecurrentSettings everything() {
        return RecurrentSettings.of(3, 4)
                .layers(2)
                .bidirectional()
                .learnedInitialState()
                .dropout(0.3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"denseNets", "imageNets", "sequenceNets"})
    void computesWhatTheNetComputes(String name, Module net, long... example) throws OrtException {
        randomize(net, DType.FLOAT32);
        assertAgrees(net, OnnxModel.of(net, example), example, 1);
        assertAgrees(net, OnnxModel.of(net, example), example, 3);
    }

    @Test
    void tokensAreIntegers() throws OrtException {
        for (Embedding embedding : List.of(new Embedding(5, 3), Embedding.withPadding(5, 3, 2))) {
            Module net = chain(new Dropout(0.2), embedding, new Gru(3, 4), new Linear(4, 5));
            randomize(net, DType.FLOAT32);
            long[] tokens = {0, 1, 2, 3, 4, 2, 2, 0};
            INDArray x = Arena.of(
                    DType.INT64,
                    Shape.of(2, 4),
                    Arrays.stream(tokens).asDoubleStream().toArray());
            try (OnnxTensor input = OnnxTensor.createTensor(RUNTIME, LongBuffer.wrap(tokens), new long[] {2, 4})) {
                assertEqual(run(OnnxModel.of(net, 4), input), outputs(net, x), 2, 4, 5);
            }
        }
    }

    @Test
    void aSequenceMayHaveAnyLength() throws OrtException {
        Module net = chain(
                Conv1d.builder(2, 3, Window.Axis.of(3)).same().build(),
                new Lstm(3, 4),
                new GroupNorm(2, 4),
                new Linear(4, 2));
        randomize(net, DType.FLOAT32);
        OnnxModel model = OnnxModel.of(net, OnnxModel.ANY, 2);
        assertAgrees(net, model, new long[] {5, 2}, 2);
        assertAgrees(net, model, new long[] {9, 2}, 1);
    }

    @Test
    void doublePrecisionIsWrittenInSinglePrecision() throws OrtException {
        Module net = chain(new Linear(4, 6), Activation.tanh(), new Linear(6, 2));
        randomize(net, DType.FLOAT64);
        assertAgrees(net, OnnxModel.of(net, 4), new long[] {4}, 3);
    }

    @Test
    void scalesAndProbabilitiesStandAroundTheNet() throws OrtException {
        Module net = new Linear(2, 3);
        net.initialize(DType.FLOAT32, 1);
        net.loadStateDict(Map.of(
                "weight", Arena.of(DType.FLOAT32, Shape.of(2, 3), 1, 0, -1, 0, 2, 0),
                "bias", Arena.of(DType.FLOAT32, Shape.of(3), 0, 0, 1)));
        Standardize features = Standardize.of(new double[] {10, -1}, 2, 4);
        // Row (12, 3) is (1, 1) in the units of the net, whose outputs are then 1, 2 and 0.
        OnnxModel.Builder builder =
                OnnxModel.builder(net, 2).standardizeFeatures(features).metadata("target", "height");
        try (OnnxTensor row =
                OnnxTensor.createTensor(RUNTIME, FloatBuffer.wrap(new float[] {12, 3}), new long[] {1, 2})) {
            double sum = Math.E + Math.E * Math.E + 1;
            assertEqual(
                    run(builder.probabilities().build(), row),
                    new double[] {Math.E / sum, Math.E * Math.E / sum, 1 / sum},
                    1,
                    3);
            OnnxModel numbers = OnnxModel.builder(net, 2)
                    .standardizeFeatures(features)
                    .standardizeTargets(Standardize.of(new double[] {5, 6, 7}, 1, 10, 100))
                    .build();
            assertEqual(run(numbers, row), new double[] {6, 26, 7}, 1, 3);
        }
        try (OrtSession session = RUNTIME.createSession(builder.build().toBytes())) {
            assertThat(session.getMetadata().getCustomMetadata()).containsExactly(Map.entry("target", "height"));
            assertThat(session.getMetadata().getProducerName()).isEqualTo("Ravine");
        }
    }

    private static void randomize(Module net, DType dtype) {
        net.initialize(dtype, 1);
        Random random = new Random(2);
        Map<String, INDArray> state = new LinkedHashMap<>();
        net.stateDict().forEach((path, array) -> {
            double[] numbers = Arena.toDoubles(array);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = path.endsWith("running_var")
                        ? 0.5 + random.nextDouble()
                        : numbers[i] + 0.3 * random.nextGaussian();
            }
            state.put(path, Arena.of(dtype, Shape.of(array), numbers));
        });
        net.loadStateDict(state);
    }

    private static void assertAgrees(Module net, OnnxModel model, long[] example, int examples) throws OrtException {
        long[] sizes = new long[example.length + 1];
        sizes[0] = examples;
        System.arraycopy(example, 0, sizes, 1, example.length);
        Random random = new Random(3);
        float[] numbers = new float[(int) Shape.of(sizes).count()];
        double[] wide = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
            wide[i] = numbers[i];
        }
        DType dtype = net.namedParameters().isEmpty()
                ? DType.FLOAT32
                : net.parameterVector().dtype();
        INDArray x = Arena.of(dtype, Shape.of(sizes), wide);
        try (Predictor predictor = new Predictor(net);
                OnnxTensor input = OnnxTensor.createTensor(RUNTIME, FloatBuffer.wrap(numbers), sizes)) {
            INDArray expected = predictor.outputs(x);
            assertEqual(
                    run(model, input),
                    Arena.toDoubles(expected),
                    Shape.of(expected).toArray());
        }
    }

    private static double[] outputs(Module net, INDArray x) {
        try (Predictor predictor = new Predictor(net)) {
            return Arena.toDoubles(predictor.outputs(x));
        }
    }

    /** Numbers with their sizes. */
    private static final class Result {
        private final float[] numbers;
        private final long[] sizes;

        private Result(float[] numbers, long... sizes) {
            this.numbers = numbers;
            this.sizes = sizes;
        }
    }

    private static Result run(OnnxModel model, OnnxTensor input) throws OrtException {
        try (OrtSession session = RUNTIME.createSession(model.toBytes());
                OrtSession.Result result = session.run(Map.of("input", input))) {
            OnnxTensor output = (OnnxTensor) result.get("output").orElseThrow();
            float[] numbers = new float[output.getFloatBuffer().remaining()];
            output.getFloatBuffer().get(numbers);
            return new Result(numbers, output.getInfo().getShape());
        }
    }

    private static void assertEqual(Result found, double[] expected, long... sizes) {
        assertThat(found.sizes).isEqualTo(sizes);
        assertThat(found.numbers).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found.numbers[i])
                    .as("number " + i)
                    .isCloseTo(expected[i], within(TOLERANCE * Math.max(1, Math.abs(expected[i]))));
        }
    }
}
