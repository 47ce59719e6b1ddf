package dev.ravine.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.io.Npz;
import dev.ravine.nn.LoadReport;
import dev.ravine.nn.Loss;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.SavedWeights;
import dev.ravine.nn.TokenCrossEntropy;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Values, gradients, and products with the Hessian, the Gauss-Newton matrix, Fisher's and the empirical Fisher matrix
 * against figures of PyTorch. {@code sequences.py} beside the figures makes them. Parameters, vectors and results are
 * all carried over as weights of PyTorch are.
 */
class SequenceFiguresTest {
    private static Map<String, INDArray> figures;

    @BeforeAll
    static void read() throws IOException, URISyntaxException {
        figures = Npz.read(
                Path.of(SequenceFiguresTest.class.getResource("sequences.npz").toURI()));
    }

    /** An embedding that is also the output layer. */
    static final class Tied extends Module {
        private final Embedding embedding = child("embedding", new Embedding(6, 4));
        private final LearnedPositions positions = child("positions", new LearnedPositions(7, 4));
        private final TransformerEncoderLayer block = child(
                "block",
                TransformerEncoderLayer.builder(4, 2, 5)
                        .preNorm()
                        .causal()
                        .activation(Tensor::gelu)
                        .build());

        @Override
        public Tensor forward(Tensor tokens) {
            return embedding.logits(block.apply(positions.apply(embedding.apply(tokens))));
        }
    }

    private static RecurrentSettings sizes() {
        return RecurrentSettings.of(3, 4);
    }

    private static RecurrentSettings square() {
        return RecurrentSettings.of(3, 3);
    }

    private static Tensor mask(Tensor x, double... numbers) {
        return Tensor.constant(
                DType.FLOAT64, Shape.of(x.shape().size(0), x.shape().size(1)), numbers);
    }

    private static Tensor padding(Tensor x) {
        return mask(x, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0);
    }

    private static Arguments plain(String name, Module module) {
        return with(name, module, Module::apply);
    }

    private static <M extends Module> Arguments with(String name, M module, BiFunction<M, Tensor, Tensor> model) {
        return Arguments.of(name, module, model);
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                plain("rnn", new Rnn(3, 4)),
                plain("rnn-relu", new Rnn(sizes(), Tensor::relu)),
                plain("rnn-20-steps", new Rnn(RecurrentSettings.of(2, 5).lastStep())),
                plain(
                        "rnn-two-layers",
                        new Rnn(sizes().layers(2).bidirectional().withoutBias())),
                plain("lstm", new Lstm(3, 4)),
                plain(
                        "lstm-two-ways",
                        new Lstm(square().layers(2).bidirectional().lastStep())),
                with(
                        "lstm-packed",
                        new Lstm(square().bidirectional()),
                        (lstm, x) -> lstm.apply(x, mask(x, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0))),
                plain("lstm-initial", new Lstm(sizes().learnedInitialState())),
                plain("gru", new Gru(3, 4)),
                plain("gru-no-bias", new Gru(sizes().withoutBias())),
                plain("gru-two-layers", new Gru(square().layers(2).bidirectional())),
                plain("layer-norm", new LayerNorm(4)),
                plain("group-norm", new GroupNorm(2, 4)),
                plain("instance-norm", InstanceNorm.withGain(4, 1e-5)),
                plain("batch-norm", new BatchNorm(4)),
                plain("batch-norm-images", new BatchNorm(3)),
                plain(
                        "batch-norm-inside",
                        new Sequential(new Linear(3, 4), new BatchNorm(4), Activation.tanh(), new Linear(4, 2))),
                plain("attention", new MultiheadAttention(4, 2)),
                plain("attention-causal", new MultiheadAttention(4, 1, true, 0)),
                with(
                        "attention-padded",
                        new MultiheadAttention(6, 3),
                        (attention, x) -> attention.apply(x, padding(x))),
                plain("block-post", new TransformerEncoderLayer(4, 2, 6)),
                plain(
                        "block-pre",
                        TransformerEncoderLayer.builder(4, 2, 6)
                                .preNorm()
                                .activation(Tensor::gelu)
                                .build()),
                with("block-padded", new TransformerEncoderLayer(4, 2, 3), (block, x) -> block.apply(x, padding(x))),
                plain("embedding", new Embedding(5, 3)),
                plain("tied", new Tied()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void figuresAreThoseOfPyTorch(String name, Module module, BiFunction<Module, Tensor, Tensor> model) {
        module.initialize(DType.FLOAT64, 1);
        INDArray v = carried(name, "v", module);
        INDArray gradient = carried(name, "gradient", module);
        Map<Curvature, INDArray> products = Map.of(
                Curvature.HESSIAN, carried(name, "hessian", module),
                Curvature.GAUSS_NEWTON, carried(name, "gaussnewton", module),
                Curvature.FISHER, carried(name, "fisher", module),
                Curvature.EMPIRICAL_FISHER, carried(name, "empirical", module));
        carried(name, "theta", module);
        Tensor x = Tensor.constant(figures.get(name + ".x"));
        Tensor outputs = model.apply(module, x);
        assertSame("outputs", outputs.value(), figures.get(name + ".outputs"));
        Tensor targets = Tensor.constant(figures.get(name + ".targets"));
        Loss loss = targets.dtype() == DType.INT64 ? lossOf(targets) : Loss.meanSquaredError();
        try (var at = GraphLinearization.builder(loss.of(outputs, targets), variables(module))
                .outputs(outputs)
                .meanOver(x.shape().size(0))
                .build()) {
            assertThat(at.value())
                    .as("loss")
                    .isCloseTo(Tensor.constant(figures.get(name + ".loss")).scalar(), within(1e-12));
            assertSame("gradient", at.gradient(), gradient);
            INDArray out = Arena.create(DType.FLOAT64, Shape.of(v.length()));
            products.forEach((curvature, expected) -> {
                at.product(curvature, v, out);
                assertSame(curvature.toString(), out, expected);
            });
        }
    }

    private static Loss lossOf(Tensor targets) {
        return targets.shape().rank() == 1 ? Loss.softmaxCrossEntropy() : new TokenCrossEntropy();
    }

    private static List<Tensor> variables(Module module) {
        return module.namedParameters().values().stream()
                .map(Parameter::variable)
                .toList();
    }

    /** A vector of the figures in the order and layout of the module's parameters, which it overwrites. */
    private static INDArray carried(String name, String vector, Module module) {
        LoadReport report = SavedWeights.of("figures", figures)
                .within(name + "." + vector)
                .renamed(part -> part.startsWith("lstm.") ? part.substring("lstm.".length()) : part)
                .transposed()
                .loadFitting(module);
        assertThat(report.missing()).isEqualTo(List.copyOf(module.namedBuffers().keySet()));
        assertThat(report.misfits()).isEmpty();
        return Arena.copyOf(module.parameterVector().array());
    }

    private static void assertSame(String what, INDArray found, INDArray expected) {
        assertThat(Shape.of(found)).as(what).isEqualTo(Shape.of(expected));
        assertThat(Arena.toDoubles(found)).as(what).containsExactly(Arena.toDoubles(expected), within(1e-11));
    }
}
