package dev.ravine.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.Fans;
import dev.ravine.nn.FiniteDifferences;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Contracts of layers for sequences and of norms by channels, and what they refuse. */
class SequenceLayersTest {
    /** A layer with a second input that follows from the first, so that a contract can see it. */
    static final class Masked<M extends Module> extends Module {
        private final M inner;
        private final Both<M> both;

        @FunctionalInterface
        interface Both<M> {
            Tensor of(M inner, Tensor x, Tensor mask);
        }

        Masked(M inner, Both<M> both) {
            this.inner = child("inner", inner);
            this.both = both;
        }

        /** The first row of a batch may stand elsewhere in a part of it, so the mask is the same for all rows. */
        @Override
        public Tensor forward(Tensor x) {
            double[] counts = new double[(int) (x.shape().size(0) * x.shape().size(1))];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = i % x.shape().size(1) < 2 ? 1 : 0;
            }
            return both.of(
                    inner,
                    x,
                    Tensor.constant(
                            x.dtype(), Shape.of(x.shape().size(0), x.shape().size(1)), counts));
        }
    }

    /** An embedding that is also the output layer. */
    static final class Tied extends Module {
        private final Embedding embedding = child("embedding", new Embedding(4, 2));

        @Override
        public Tensor forward(Tensor tokens) {
            return embedding.logits(embedding.apply(tokens).tanh());
        }
    }

    private static RecurrentSettings sizes() {
        return RecurrentSettings.of(2, 3);
    }

    private static Arguments layer(String name, Supplier<Module> layer, long... dims) {
        return Arguments.of(name, layer, Shape.of(dims));
    }

    static Stream<Arguments> layers() {
        return Stream.of(
                layer("rnn", () -> new Rnn(2, 3), 2, 3, 2),
                layer("rnn, one step", () -> new Rnn(sizes().learnedInitialState()), 2, 1, 2),
                layer("rnn, last", () -> new Rnn(sizes().lastStep().withoutBias()), 2, 2, 2),
                layer("rnn, masked", () -> new Masked<>(new Rnn(sizes().lastStep()), Rnn::apply), 2, 3, 2),
                layer("lstm", () -> new Lstm(2, 2), 2, 2, 2),
                layer(
                        "rnn, everything",
                        () -> new Rnn(RecurrentSettings.of(1, 2)
                                .layers(2)
                                .bidirectional()
                                .learnedInitialState()
                                .lastStep()
                                .dropout(0.3)),
                        2,
                        2,
                        1),
                layer("lstm, forget bias", () -> Lstm.withForgetBias(RecurrentSettings.of(1, 2), 1), 2, 2, 1),
                layer(
                        "lstm, masked",
                        () -> new Masked<>(new Lstm(RecurrentSettings.of(1, 2).learnedInitialState()), Lstm::apply),
                        2,
                        2,
                        1),
                layer("gru", () -> new Gru(2, 2), 2, 2, 2),
                layer(
                        "gru, learned state",
                        () -> new Gru(RecurrentSettings.of(1, 2).learnedInitialState()),
                        2,
                        2,
                        1),
                layer(
                        "gru, masked",
                        () -> new Masked<>(new Gru(RecurrentSettings.of(2, 2).lastStep()), Gru::apply),
                        2,
                        3,
                        2),
                layer("group norm", () -> new GroupNorm(2, 4), 2, 2, 4),
                layer("group norm of a matrix", () -> new GroupNorm(2, 4), 2, 4),
                layer("group norm of images", () -> new GroupNorm(1, 2, 1e-2), 2, 2, 2, 2),
                layer("instance norm", () -> new InstanceNorm(2), 2, 3, 2),
                layer("instance norm with gain", () -> InstanceNorm.withGain(2, 1e-3), 2, 2, 2, 2),
                layer("learned positions", () -> new LearnedPositions(3, 2), 2, 3, 2),
                layer("learned positions, shorter", () -> new LearnedPositions(5, 2), 2, 3, 2),
                layer("sine positions", () -> new SinePositions(5), 2, 3, 5),
                layer("attention", () -> new MultiheadAttention(2, 2), 2, 2, 2),
                layer("attention, causal with dropout", () -> new MultiheadAttention(2, 1, true, 0.3), 2, 3, 2),
                layer(
                        "attention, masked",
                        () -> new Masked<>(new MultiheadAttention(2, 1, true, 0), MultiheadAttention::apply),
                        2,
                        3,
                        2),
                layer(
                        "transformer",
                        () -> TransformerEncoderLayer.builder(2, 2, 2)
                                .activation(Tensor::tanh)
                                .dropout(0.2)
                                .causal()
                                .epsilon(0.5)
                                .build(),
                        2,
                        2,
                        2),
                layer(
                        "transformer, pre-norm, masked",
                        () -> new Masked<>(
                                TransformerEncoderLayer.builder(2, 1, 2)
                                        .preNorm()
                                        .activation(Tensor::gelu)
                                        .epsilon(0.5)
                                        .build(),
                                TransformerEncoderLayer::apply),
                        2,
                        3,
                        2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void aLayerKeepsTheContract(String name, Supplier<Module> layer, Shape input) {
        ModuleContract.of(layer, input).parametersBetween(-0.6, 0.6).check();
    }

    static Stream<Arguments> tokenLayers() {
        return Stream.of(
                layer("embedding", () -> new Embedding(4, 3), 3, 5),
                layer("embedding of a token each", () -> new Embedding(4, 3, Initializer.uniform(0.1)), 3),
                layer("embedding with padding", () -> Embedding.withPadding(4, 3, 2), 3, 5),
                layer("tied weights", Tied::new, 3, 4));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokenLayers")
    void aLayerOfTokensKeepsTheContract(String name, Supplier<Module> layer, Shape tokens) {
        ModuleContract.ofIndices(layer, tokens, 4).check();
    }

    // ---- what they compute -------------------------------------------------------------------------------------

    private static <M extends Module> M initialized(M module) {
        module.initialize(DType.FLOAT64, 5);
        return module;
    }

    private static Tensor data(long seed, long... dims) {
        Shape shape = Shape.of(dims);
        return Tensor.constant(DType.FLOAT64, shape, FiniteDifferences.gaussian(seed, (int) shape.count()));
    }

    private static double[] numbers(Tensor t) {
        return Arena.toDoubles(t.value());
    }

    private static double[] numbers(Module module, String parameter) {
        return Arena.toDoubles(module.namedParameters().get(parameter).array());
    }

    @Test
    void thePaddingTokenBeginsWithZerosAndIsNotTrained() {
        Embedding embedding = initialized(Embedding.withPadding(3, 2, 1));
        double[] table = numbers(embedding, "weight");
        assertThat(table[2]).isZero();
        assertThat(table[3]).isZero();
        assertThat(table[0]).isNotZero();
        Tensor tokens = Tensor.constant(Arena.ofIntegers(0, 1, 1, 2)).reshape(2, 2);
        Tensor y = embedding.apply(tokens);
        Tensor weight = embedding.namedParameters().get("weight").variable();
        assertThat(numbers(Autodiff.gradient(y.sum(), weight))).containsExactly(1, 1, 0, 0, 1, 1);
        assertThat(numbers(embedding.mask(tokens, DType.FLOAT64))).containsExactly(1, 0, 0, 1);
        assertThatThrownBy(() -> new Embedding(3, 2).mask(tokens, DType.FLOAT64))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Embedding.withPadding");
    }

    @Test
    void sinesAndCosinesHaveTheWavelengthsOfThePaper() {
        double[] y = numbers(new SinePositions(5).apply(Tensor.fill(DType.FLOAT64, Shape.of(1, 3, 5), 0)));
        double second = 2 / Math.pow(10_000, 2.0 / 5);
        double third = 2 / Math.pow(10_000, 4.0 / 5);
        assertThat(y[0]).isZero();
        assertThat(y[1]).isEqualTo(1);
        assertThat(y)
                .endsWith(
                        new double[] {Math.sin(2), Math.cos(2), Math.sin(second), Math.cos(second), Math.sin(third)},
                        within(1e-15));
    }

    /** Second derivatives of a sequence that is all padding are 0, not NaN. */
    @Test
    void aStepThatSeesNothingAttendsToNothing() {
        MultiheadAttention attention = initialized(new MultiheadAttention(4, 2, true, 0));
        attention.namedParameters().get("out_proj.bias").array().assign(3);
        attention.parameterVector().touch();
        Tensor x = data(1, 2, 3, 4);
        Tensor mask = Tensor.constant(DType.FLOAT64, Shape.of(2, 3), 0, 0, 0, 1, 1, 0);
        Tensor y = attention.apply(x, mask);
        assertThat(numbers(y.slice(0, 0, 1))).containsOnly(3);
        assertThat(numbers(Autodiff.gradient(y.square().sum(), x).slice(0, 0, 1)))
                .containsOnly(0);
        Tensor hv = Autodiff.hvp(y.square().sum(), x, data(2, 2, 3, 4));
        assertThat(numbers(hv)).doesNotContain(Double.NaN);
        assertThat(numbers(hv.slice(0, 0, 1))).containsOnly(0);
    }

    @Test
    void aPaddedSequenceHasTheStatesOfTheShortOne() {
        for (Recurrent layer : new Recurrent[] {
            initialized(new Rnn(sizes().bidirectional().lastStep())),
            initialized(new Lstm(sizes().bidirectional().lastStep().learnedInitialState())),
            initialized(new Gru(sizes().bidirectional().layers(2).lastStep()))
        }) {
            Tensor x = data(3, 2, 4, 2);
            Tensor mask = Tensor.constant(DType.FLOAT64, Shape.of(2, 4), 1, 1, 0, 0, 1, 1, 0, 0);
            assertThat(numbers(layer.apply(x, mask)))
                    .containsExactly(numbers(layer.apply(x.slice(1, 0, 2))), within(1e-15));
        }
    }

    // ---- initial numbers ----------------------------------------------------------------------------------------

    @Test
    void recurrentWeightsBeginLikePyTorchs() {
        double[] all =
                Arena.toDoubles(initialized(new Gru(30, 25)).parameterVector().array());
        double mean = 0;
        for (double v : all) {
            assertThat(v).isBetween(-0.2, 0.2);
            mean += v * v / all.length;
        }
        assertThat(mean).as("variance of a uniform distribution").isCloseTo(0.04 / 3, within(0.001));
    }

    @Test
    void eachGateHasAnOrthogonalMatrixOfItsOwn() {
        Lstm layer = initialized(new Lstm(sizes().hiddenWeights(Initializer.orthogonal(2))));
        double[] w = numbers(layer, "weight_hh_l0");
        for (int gate = 0; gate < 4; gate++) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    double dot = 0;
                    for (int row = 0; row < 3; row++) {
                        dot += w[row * 12 + gate * 3 + i] * w[row * 12 + gate * 3 + j];
                    }
                    assertThat(dot).isCloseTo(i == j ? 4 : 0, within(1e-14));
                }
            }
        }
        assertThat(w[0]).isNotEqualTo(w[3]);
    }

    @Test
    void identityAndForgetBiasAreWhereTheyBelong() {
        Rnn rnn = initialized(new Rnn(sizes().hiddenWeights(Initializer.identity(0.5))));
        assertThat(numbers(rnn, "weight_hh_l0")).containsExactly(0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5);
        Lstm lstm = initialized(Lstm.withForgetBias(sizes(), 1));
        assertThat(numbers(lstm, "bias_ih_l0")).containsExactly(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0);
        assertThat(numbers(lstm, "bias_hh_l0")).containsOnly(0);
        assertThatThrownBy(() -> Lstm.withForgetBias(sizes().withoutBias(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs biases");
    }

    // ---- refusals -----------------------------------------------------------------------------------------------

    static Stream<Arguments> wrongInputs() {
        UnaryOperator<Tensor> same = x -> x;
        return Stream.of(
                Arguments.of(new Rnn(4, 2), same, "rnn: needs an input [examples, time, 4]"),
                Arguments.of(new Lstm(3, 2), (UnaryOperator<Tensor>) x -> x.sum(1), "found FLOAT64 [2, 3]"),
                Arguments.of(new LearnedPositions(4, 3), same, "there are 4 positions, but the sequences of [2, 5, 3]"),
                Arguments.of(new SinePositions(2), same, "positions: needs an input [examples, time, 2]"),
                Arguments.of(new MultiheadAttention(4, 2), same, "attention: needs an input [examples, time, 4]"),
                Arguments.of(new TransformerEncoderLayer(4, 2, 3), same, "transformer: needs an input"),
                Arguments.of(new GroupNorm(2, 4), same, "groupNorm: needs an input [examples, ..., 4]"),
                Arguments.of(new InstanceNorm(4), same, "instanceNorm: needs an input [examples, ..., 4]"),
                Arguments.of(new InstanceNorm(3), (UnaryOperator<Tensor>) x -> x.sum(1), "at least 2 places"),
                Arguments.of(
                        new Embedding(4, 2), same, "tokens must be INT64 [examples, ...], found FLOAT64 [2, 5, 3]"));
    }

    @ParameterizedTest
    @MethodSource("wrongInputs")
    void wrongInputsAreRefusedWithTheLayersPath(Module layer, UnaryOperator<Tensor> change, String message) {
        Sequential model = initialized(new Sequential(layer));
        assertThatThrownBy(() -> model.apply(change.apply(data(1, 2, 5, 3))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'Sequential.0': ")
                .hasMessageContaining(message);
    }

    @Test
    void aTokenOutOfRangeNamesTheLayerTheTokenAndItsPlace() {
        Sequential model = initialized(new Sequential(new Embedding(4, 2)));
        for (long wrong : new long[] {4, -1}) {
            Tensor tokens = Tensor.constant(Arena.ofIntegers(0, 3, 1, wrong)).reshape(2, 2);
            assertThatThrownBy(() -> model.apply(tokens).value())
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("in layer 'Sequential.0': embedding: token " + wrong + " of example 1")
                    .hasMessageContaining("of tokens [2, 2]")
                    .hasMessageContaining("0..3");
        }
    }

    @Test
    void masksMustFit() {
        Tensor x = data(1, 2, 3, 4);
        Tensor wrong = Tensor.fill(DType.FLOAT64, Shape.of(2, 4), 1);
        assertThatThrownBy(() -> initialized(new Rnn(4, 2)).apply(x, wrong))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'Rnn': rnn: an input [2, 3, 4] needs a mask")
                .hasMessageContaining("[2, 4]");
        assertThatThrownBy(() -> initialized(new MultiheadAttention(4, 2)).apply(x, wrong))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("attention: an input [2, 3, 4] needs a mask");
    }

    @Test
    void sizesThatDoNotDivideAreRefused() {
        assertThatThrownBy(() -> new MultiheadAttention(6, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 heads do not divide a width of 6");
        assertThatThrownBy(() -> new GroupNorm(4, 6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 groups do not divide 6 channels");
        assertThatThrownBy(() -> Embedding.withPadding(3, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0..2, found 3");
        assertThatThrownBy(() -> RecurrentSettings.of(0, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sizes().dropout(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void orthogonalMatricesOfAnyShapeHaveOrthonormalRowsOrColumns() {
        for (long[] dims : new long[][] {{5, 3}, {3, 5}, {2, 3, 4}}) {
            var array = Arena.create(DType.FLOAT64, Shape.of(dims));
            Initializer.orthogonal(1).fill(array, Fans.UNKNOWN, new Rng(1));
            Elements w = Elements.of(array);
            int columns = (int) dims[dims.length - 1];
            int rows = w.size() / columns;
            boolean byColumns = rows >= columns;
            for (int i = 0; i < Math.min(rows, columns); i++) {
                for (int j = 0; j < Math.min(rows, columns); j++) {
                    double dot = 0;
                    for (int k = 0; k < Math.max(rows, columns); k++) {
                        dot += byColumns
                                ? w.get(k * columns + i) * w.get(k * columns + j)
                                : w.get(i * columns + k) * w.get(j * columns + k);
                    }
                    assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-14));
                }
            }
        }
    }

    private static Tensor numbers(Shape shape, IntToDoubleFunction number) {
        double[] all =
                IntStream.range(0, (int) shape.count()).mapToDouble(number).toArray();
        return Tensor.constant(DType.FLOAT64, shape, all);
    }

    /**
     * PyTorch 1.13 in double precision, {@code multi_head_attention_forward} with queries of 3 steps and keys and values of
     * 5, all parameters in this order 0.7 sin(i + 1): outputs 0, 5, 11, 23, derivatives 0, 10, 30, 50, 70, 79 of the sum of
     * cos(i) out_i^2, and sin(i)' H cos(i).
     */
    @ParameterizedTest
    @CsvSource({
        "false, 0.9282262902185948 0.5376728419254868 -0.9039311858977856 -1.0133149961240897, -0.009848166552339686"
                + " -0.04108768960583415 -0.009215146646029314 0.00739853583703463 0.1363221093494444 1.0803241952412166,"
                + " 1.88101544973058",
        "true, 0.816611498185184 0.3706784669252404 -0.8038773811265753 -1.0690260208373201, -0.043268386847373545"
                + " -0.24412381896295005 -0.05558921968595099 -0.0254642554689065 0.16956037078772956 1.097705500322078,"
                + " 3.0927617633020663"
    })
    void crossAttentionIsPyTorchs(boolean isMasked, String outputs, String derivatives, double curvature) {
        var attention = new MultiheadAttention(4, 2);
        attention.initialize(DType.FLOAT64, 1);
        INDArray theta = attention.parameterVector().array();
        Vectors.copy(numbers(Shape.of(80), i -> 0.7 * Math.sin(i + 1)).value(), theta);
        Tensor mask = isMasked ? Tensor.constant(DType.FLOAT64, Shape.of(2, 5), 1, 1, 1, 0, 0, 1, 1, 1, 1, 0) : null;
        Tensor out = attention.apply(
                numbers(Shape.of(2, 3, 4), Math::cos),
                numbers(Shape.of(2, 5, 4), i -> Math.sin(2 * i)),
                numbers(Shape.of(2, 5, 4), i -> Math.cos(3 * i)),
                mask);
        Tensor loss = out.square().mul(numbers(out.shape(), Math::cos)).sum();
        List<Tensor> variables = attention.parameterVector().segments().stream()
                .map(segment -> segment.parameter().variable())
                .toList();
        try (GraphLinearization at = GraphLinearization.of(loss, variables)) {
            assertClose(Arena.toDoubles(out.value()), outputs, 0, 5, 11, 23);
            assertClose(Arena.toDoubles(at.gradient()), derivatives, 0, 10, 30, 50, 70, 79);
            INDArray product = Arena.create(DType.FLOAT64, Shape.of(80));
            at.hessian(numbers(Shape.of(80), Math::cos).value(), product);
            assertThat(Vectors.dot(product, numbers(Shape.of(80), Math::sin).value()))
                    .isCloseTo(curvature, within(1e-12));
        }
    }

    private static void assertClose(double[] found, String expected, int... places) {
        String[] numbers = expected.split(" ", -1);
        for (int i = 0; i < places.length; i++) {
            assertThat(found[places[i]]).isCloseTo(Double.parseDouble(numbers[i]), within(1e-13));
        }
    }

    @Test
    void crossAttentionRefusesWhatDoesNotFit() {
        MultiheadAttention attention = initialized(new MultiheadAttention(4, 2));
        Tensor x = numbers(Shape.of(2, 3, 4), Math::cos);
        Tensor keys = numbers(Shape.of(2, 5, 4), Math::cos);
        assertThatThrownBy(() -> attention.apply(x, keys, x, null))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("keys and values of one shape [2, time, 4]");
        Tensor others = numbers(Shape.of(3, 5, 4), Math::cos);
        assertThatThrownBy(() -> attention.apply(x, others, others, null))
                .hasMessageContaining("examples of the queries");
        Tensor mask = numbers(Shape.of(2, 3), i -> 1);
        assertThatThrownBy(() -> attention.apply(x, keys, keys, mask)).isInstanceOf(ShapeException.class);
        MultiheadAttention causal = initialized(new MultiheadAttention(4, 2, true, 0));
        assertThatThrownBy(() -> causal.apply(x, keys, keys, null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("not causal for cross-attention");
    }
}
