package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rows, cotangents and places of every use of a parameter, held against the gradients of single examples. */
class ModelGraphTest {
    private static final int EXAMPLES = 5;

    /**
     * A model.
     *
     * @param parameters their shapes
     * @param outputs from features [n, 6] or indices [n, 3] and parameters to outputs [n, ...]
     */
    private record Case(
            String name, boolean hasIndices, List<Shape> parameters, BiFunction<Tensor, List<Tensor>, Tensor> outputs) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("a matrix", false, shapes(Shape.of(6, 2)), (x, w) -> x.matmul(w.get(0))),
                new Case(
                        "a transposed matrix",
                        false,
                        shapes(Shape.of(2, 6)),
                        (x, w) -> x.matmul(w.get(0), false, true)),
                new Case(
                        "from the left",
                        false,
                        shapes(Shape.of(2, 6)),
                        (x, w) -> w.get(0).matmul(x, false, true).transpose()),
                new Case(
                        "twice",
                        false,
                        shapes(Shape.of(6, 6)),
                        (x, w) -> x.matmul(w.get(0)).tanh().matmul(w.get(0))),
                new Case(
                        "tied",
                        false,
                        shapes(Shape.of(6, 4)),
                        (x, w) -> x.matmul(w.get(0)).tanh().matmul(w.get(0), false, true)),
                new Case(
                        "a reshaped vector as matrix",
                        false,
                        shapes(Shape.of(12)),
                        (x, w) -> x.matmul(w.get(0).reshape(Shape.of(6, 2)))),
                new Case(
                        "bias and gain",
                        false,
                        shapes(Shape.of(6), Shape.of(1, 6)),
                        (x, w) -> x.mul(w.get(1)).add(w.get(0))),
                new Case(
                        "one number",
                        false,
                        shapes(Shape.of()),
                        (x, w) -> x.mul(w.get(0)).tanh()),
                new Case(
                        "a quotient",
                        false,
                        shapes(Shape.of(6)),
                        (x, w) -> x.div(w.get(0)).tanh().add(w.get(0))),
                new Case(
                        "at three places",
                        false,
                        shapes(Shape.of(2, 4), Shape.of(4)),
                        (x, w) -> places(x).matmul(w.get(0)).add(w.get(1)).tanh()),
                new Case(
                        "places first",
                        false,
                        shapes(Shape.of(2, 4), Shape.of(4)),
                        (x, w) -> places(x)
                                .permute(1, 0, 2)
                                .reshape(Shape.of(3 * x.shape().size(0), 2))
                                .matmul(w.get(0))
                                .add(w.get(1))
                                .tanh()
                                .reshape(Shape.of(3, x.shape().size(0), 4))
                                .permute(1, 0, 2)),
                new Case(
                        "a gain for each channel",
                        false,
                        shapes(Shape.of(3, 1)),
                        (x, w) -> places(x).mul(w.get(0))),
                new Case(
                        "examples last",
                        false,
                        shapes(Shape.of(6, 1)),
                        (x, w) -> x.transpose().mul(w.get(0)).tanh().transpose()),
                new Case(
                        "a stack of matrices",
                        false,
                        shapes(Shape.of(3, 2, 4)),
                        (x, w) -> places(x)
                                .reshape(Shape.of(x.shape().size(0), 3, 1, 2))
                                .matmul(w.get(0))),
                new Case(
                        "an embedding",
                        true,
                        shapes(Shape.of(7, 2), Shape.of(2, 3)),
                        (i, w) -> w.get(0).gather(i).matmul(w.get(1)).tanh()),
                new Case(
                        "an embedding that is also the output",
                        true,
                        shapes(Shape.of(7, 2)),
                        (i, w) -> w.get(0).gather(i).tanh().matmul(w.get(0), false, true)),
                new Case(
                        "a convolution",
                        false,
                        shapes(Shape.of(2, 2, 1, 3), Shape.of(3)),
                        (x, w) -> image(x).conv2d(w.get(0), Window.of(2, 2).padding(1, 0, 0, 1), 1)
                                .add(w.get(1))
                                .tanh()),
                new Case(
                        "a convolution in groups, behind pooling",
                        false,
                        shapes(Shape.of(1, 2, 1, 4), Shape.of(1, 2, 2, 4), Shape.of(1, 2, 1, 4)),
                        (x, w) -> image(x).conv2d(w.get(0), Window.of(1, 2).padding(0, 0, 1, 0), 1)
                                .maxPool2d(Window.of(2, 1))
                                .conv2d(w.get(1), Window.of(1, 2), 2)
                                .tanh()
                                .conv2d(w.get(2), Window.of(1, 2).padding(0, 0, 1, 1), 4)
                                .avgPool2d(Window.of(1, 2), true)),
                new Case(
                        "a transposed convolution",
                        false,
                        shapes(Shape.of(2, 2, 2, 1), Shape.of(2)),
                        (x, w) -> image(x).convTranspose2d(
                                        w.get(0), Window.of(2, 2).stride(2, 2), 1, 4, 6)
                                .add(w.get(1))
                                .tanh()),
                new Case(
                        "patches times a matrix",
                        false,
                        shapes(Shape.of(4, 3)),
                        (x, w) -> image(x).unfold(Window.of(2, 2))
                                .matmul(w.get(0))
                                .cumulativeSum(2)),
                new Case(
                        "one that is not used",
                        false,
                        shapes(Shape.of(6, 2), Shape.of(3)),
                        (x, w) -> x.matmul(w.get(0))));
    }

    /** A case with random parameters and data. */
    private static final class Built {
        private final List<Tensor> parameters;
        private final INDArray data;
        private final ModelGraph graph;

        Built(Case c, long seed) {
            Rng rng = new Rng(seed);
            parameters = c.parameters.stream()
                    .map(shape -> Tensor.variable("w", random(shape, rng)))
                    .toList();
            data = c.hasIndices
                    ? Arena.ofIntegers(IntStream.range(0, 3 * EXAMPLES)
                                    .mapToLong(i -> i * i % 7)
                                    .toArray())
                            .reshape(EXAMPLES, 3)
                    : random(Shape.of(EXAMPLES, 6), rng);
            Tensor features = Tensor.constant(data);
            Tensor outputs = c.outputs.apply(features, parameters);
            graph = new ModelGraph(loss(outputs), outputs, parameters, new Batch(EXAMPLES, List.of(features)));
        }
    }

    private static List<Shape> shapes(Shape... shapes) {
        return List.of(shapes);
    }

    private static Tensor image(Tensor x) {
        return x.reshape(Shape.of(x.shape().size(0), 2, 3, 1));
    }

    private static Tensor places(Tensor x) {
        return x.reshape(Shape.of(x.shape().size(0), 3, 2));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void squaresAreThoseOfSingleExamples(Case c) {
        Built built = new Built(c, 11);
        List<Tensor> parameters = built.parameters;
        List<Tensor> squares = SquaredGradients.inOnePass().of(built.graph);
        for (int p = 0; p < parameters.size(); p++) {
            double[] expected = new double[(int) parameters.get(p).shape().count()];
            for (int n = 0; n < EXAMPLES; n++) {
                Tensor one = Tensor.constant(row(built.data, n));
                Tensor gradient = Autodiff.gradient(loss(c.outputs.apply(one, parameters)), parameters.get(p));
                double[] g = Arena.toDoubles(gradient.value());
                for (int i = 0; i < g.length; i++) {
                    expected[i] += g[i] * g[i];
                }
            }
            assertThat(Arena.toDoubles(squares.get(p).value())).containsExactly(expected, within(1e-12));
            assertThat(squares.get(p).shape()).isEqualTo(parameters.get(p).shape());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void productsOfRowsAddUpToTheGradient(Case c) {
        Built built = new Built(c, 12);
        ModelGraph graph = built.graph;
        Tensor loss = graph.loss();
        Tensor ofOutputs = Autodiff.gradient(loss, graph.outputs());
        for (Tensor parameter : built.parameters) {
            double[] expected =
                    Arena.toDoubles(Autodiff.gradient(loss, parameter).value());
            for (List<ParameterUse> uses : List.of(graph.uses(parameter), graph.uses(parameter, ofOutputs))) {
                double[] sum = new double[expected.length];
                List<double[]> parts = new ArrayList<>();
                uses.forEach(use -> parts.add(Arena.toDoubles(
                        use.sumOfProducts(use.inputs(), use.cotangents()).value())));
                parts.forEach(part -> IntStream.range(0, sum.length).forEach(i -> sum[i] += part[i]));
                assertThat(sum).containsExactly(expected, within(1e-12));
            }
        }
    }

    @Test
    void operationsThatReduceOverExamplesMixThem() {
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(4, 3));
        Batch batch = new Batch(4, List.of(x));
        assertThat(batch.of(x.sum(1)))
                .hasValueSatisfying(e -> assertThat(e.isApart()).isTrue());
        assertThat(batch.of(x.softmax(1)))
                .hasValueSatisfying(e -> assertThat(e.isApart()).isTrue());
        assertThat(batch.of(x.filled(2))).isEmpty();
        for (Tensor mixed : List.of(
                x.sum(0), x.sub(x.meanKeeping(0)), x.softmax(0), x.matmul(x, true, false), x.matmul(x, false, true))) {
            assertThat(batch.of(mixed))
                    .as("%s", mixed.describe())
                    .hasValueSatisfying(e -> assertThat(e.kind()).isEqualTo(Examples.Kind.MIXED));
        }
        assertThat(batch.firstMixing()).hasValueSatisfying(op -> assertThat(op).startsWith("sum"));
    }

    @Test
    void aParameterWithARowForEachExampleIsRefused() {
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(4, 3));
        Tensor w = Tensor.variable("offsets", Arena.create(DType.FLOAT64, Shape.of(4, 3)));
        Tensor outputs = x.add(w);
        ModelGraph graph = new ModelGraph(outputs.sum(), outputs, List.of(w), new Batch(4, List.of(x)));
        assertThatThrownBy(() -> graph.uses(w))
                .isInstanceOf(NoRowsException.class)
                .hasMessageContainingAll("offsets", "add", "is not repeated over the examples");
    }

    /** A rule may return a cotangent that is summed already; its rows are gone, whatever its shape. */
    @ParameterizedTest
    @ValueSource(longs = {2, 3, 4})
    void aMatrixThatIsRepeatedFirstIsRefused(long examples) {
        Tensor x = Tensor.constant(random(Shape.of(examples, 1), new Rng(1)));
        Tensor w = Tensor.variable("w", random(Shape.of(2), new Rng(2)));
        Tensor outputs = x.matmul(w.broadcastTo(Shape.of(1, 2)));
        ModelGraph graph = new ModelGraph(loss(outputs), outputs, List.of(w), new Batch(examples, List.of(x)));
        assertThatThrownBy(() -> graph.uses(w))
                .isInstanceOf(NoRowsException.class)
                .hasMessageContaining("'w'");
        Tensor y = Tensor.constant(random(Shape.of(examples, examples), new Rng(1)));
        Tensor square = y.matmul(w.reshape(Shape.of(1, 2)).broadcastTo(Shape.of(examples, 2)));
        ModelGraph same = new ModelGraph(loss(square), square, List.of(w), new Batch(examples, List.of(y)));
        assertThatThrownBy(() -> same.uses(w))
                .isInstanceOf(NoRowsException.class)
                .hasMessageContaining("'w'");
    }

    /** Centering after the product: a row of cotangents holds the losses of other examples. */
    @Test
    void aMatrixBeforeAnOperationThatMixesIsRefused() {
        Tensor x = Tensor.constant(random(Shape.of(4, 3), new Rng(1)));
        Tensor w = Tensor.variable("w", random(Shape.of(3, 2), new Rng(2)));
        Tensor product = x.matmul(w);
        Tensor outputs = product.sub(product.meanKeeping(0)).tanh();
        ModelGraph graph = new ModelGraph(loss(outputs), outputs, List.of(w), new Batch(4, List.of(x)));
        assertThatThrownBy(() -> graph.uses(w))
                .isInstanceOf(NoRowsException.class)
                .hasMessageContaining("depends on several examples");
    }

    /** A bias [1, 3] meets one example: it is repeated once. */
    @Test
    void oneExampleHasUsesToo() {
        Tensor x = Tensor.constant(random(Shape.of(1, 3), new Rng(1)));
        Tensor bias = Tensor.variable("bias", Arena.create(DType.FLOAT64, Shape.of(1, 3)));
        Tensor outputs = x.add(bias);
        ModelGraph graph = new ModelGraph(outputs.sum(), outputs, List.of(bias), new Batch(1, List.of(x)));
        assertThat(graph.uses(bias)).hasSize(1);
        assertThat(Arena.toDoubles(graph.uses(bias).get(0).cotangents().value()))
                .containsExactly(1, 1, 1);
    }

    /** Where a parameter only steers, it has no derivative there and so no use. */
    @Test
    void aUseWithoutDerivativeIsNone() {
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(4, 3));
        Tensor w = Tensor.variable("w", Arena.create(DType.FLOAT64, Shape.of(3)));
        Tensor outputs = x.add(w).mul(x.greater(w));
        ModelGraph graph = new ModelGraph(outputs.sum(), outputs, List.of(w), new Batch(4, List.of(x)));
        assertThat(graph.uses(w)).hasSize(1);
    }

    @Test
    void aMatrixThatMeetsMixedRowsIsRefused() {
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(4, 3));
        Tensor w = Tensor.variable("w", Arena.create(DType.FLOAT64, Shape.of(3, 2)));
        Tensor outputs = x.sub(x.meanKeeping(0)).matmul(w);
        ModelGraph graph = new ModelGraph(outputs.sum(), outputs, List.of(w), new Batch(4, List.of(x)));
        assertThatThrownBy(() -> graph.uses(w))
                .isInstanceOf(NoRowsException.class)
                .hasMessageContainingAll("depend on several examples", "through sum");
    }

    private static Tensor loss(Tensor outputs) {
        return outputs.square().add(outputs.sin()).sum();
    }

    private static INDArray row(INDArray data, int n) {
        long width = data.size(1);
        return Arena.copyOf(Arena.view(data, n * width, Shape.of(1, width)));
    }

    private static INDArray random(Shape shape, Rng rng) {
        return Arena.of(
                DType.FLOAT64,
                shape,
                IntStream.range(0, (int) shape.count())
                        .mapToDouble(i -> rng.nextGaussian())
                        .toArray());
    }
}
