package dev.ravine.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.DerivativeContract;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.FiniteDifferences;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import dev.ravine.nn.Parameter;
import dev.ravine.nn.ParameterVector;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LayerTest {
    private static final long SEED = 42;

    private static Tensor data(long seed, long... dims) {
        Shape shape = Shape.of(dims);
        return Tensor.constant(DType.FLOAT64, shape, FiniteDifferences.gaussian(seed, (int) shape.count()));
    }

    private static double[] numbers(Tensor t) {
        return Arena.toDoubles(t.value());
    }

    private static <M extends Module> M initialized(M module) {
        module.initialize(DType.FLOAT64, SEED);
        return module;
    }

    /** Numbers that no initializer gives, so that gains and biases show. */
    private static <M extends Module> M randomized(M module) {
        ParameterVector theta = module.initialize(DType.FLOAT64, SEED);
        theta.set(
                Arena.of(DType.FLOAT64, Shape.of(theta.size()), FiniteDifferences.gaussian(SEED, (int) theta.size())));
        return module;
    }

    // ---- derivatives of every layer -----------------------------------------------------------------------------

    private static Module evaluating(Module module) {
        module.eval();
        return module;
    }

    private static Arguments layer(String name, Supplier<Module> layer, long... dims) {
        return Arguments.of(name, layer, Shape.of(dims));
    }

    static Stream<Arguments> layers() {
        return Stream.of(
                layer("linear", () -> new Linear(4, 3), 5, 4),
                layer("linear, sparse", () -> new Linear(4, 3, Initializer.sparse(2)), 5, 4),
                layer("tanh", Activation::tanh, 3, 4),
                layer("sigmoid", Activation::sigmoid, 3, 4),
                layer("softplus", Activation::softplus, 3, 4),
                layer("gelu", Activation::gelu, 3, 4),
                layer("silu", Activation::silu, 3, 4),
                layer("another function", () -> new Activation(x -> x.sin().mul(x)), 3, 4),
                layer("dropout in training", () -> new Dropout(0.4), 6, 5),
                layer("dropout in evaluation", () -> evaluating(new Dropout(0.4)), 6, 5),
                layer("layer norm", () -> new LayerNorm(6), 4, 6),
                layer("layer norm of three axes", () -> new LayerNorm(5, 1e-2), 2, 3, 5),
                layer("flatten", Flatten::new, 2, 3, 4),
                layer("residual", () -> new Residual(new Sequential(new Linear(4, 4), Activation.tanh())), 3, 4),
                layer("empty sequential", Sequential::new, 3, 4),
                layer(
                        "sequential",
                        () -> new Sequential(
                                new Flatten(),
                                new Linear(6, 4),
                                new LayerNorm(4),
                                Activation.sigmoid(),
                                new Dropout(0.3),
                                new Residual(new Linear(4, 4)),
                                Activation.silu(),
                                new Linear(4, 2)),
                        3,
                        2,
                        3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void layersKeepTheContract(String name, Supplier<Module> layer, Shape shape) {
        ModuleContract.of(layer, shape).check();
    }

    /** Feeds a layer from a parameter, so that input and parameters of the layer make one flat vector. */
    private static final class Fed extends Module {
        private final Parameter input;
        private final Module layer;

        Fed(Shape shape, Module layer) {
            input = parameter("input", Initializer.normal(1), shape.toArray());
            this.layer = child("layer", layer);
        }

        @Override
        public Tensor forward(Tensor unused) {
            return layer.apply(input.tensor());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void derivativesInInputAndParametersAreThoseOfFiniteDifferences(String name, Supplier<Module> layer, Shape shape) {
        Fed fed = initialized(new Fed(shape, layer.get()));
        Tensor unused = Tensor.fill(DType.FLOAT64, Shape.of(), 0);
        Tensor weights = data(9, fed.apply(unused).shape().toArray());
        FiniteDifferences.check(fed, () -> {
            Tensor y = fed.apply(unused);
            return y.mul(weights).sum().add(y.square().sum().mul(0.5));
        });
    }

    // ---- values -----------------------------------------------------------------------------------------------

    private static Arguments activation(String name, Activation layer, DoubleUnaryOperator function) {
        return Arguments.of(name, layer, function);
    }

    static Stream<Arguments> activations() {
        return Stream.of(
                activation("tanh", Activation.tanh(), Math::tanh),
                activation("sigmoid", Activation.sigmoid(), x -> 1 / (1 + Math.exp(-x))),
                activation("relu", Activation.relu(), x -> Math.max(x, 0)),
                activation("leaky relu", Activation.leakyRelu(0.1), x -> x > 0 ? x : 0.1 * x),
                activation("elu", Activation.elu(0.7), x -> x > 0 ? x : 0.7 * Math.expm1(x)),
                activation("softplus", Activation.softplus(), x -> Math.log1p(Math.exp(x))),
                activation("gelu", Activation.gelu(), x -> x * normalDistribution(x)),
                activation("silu", Activation.silu(), x -> x / (1 + Math.exp(-x))));
    }

    /** By the series of the error function, which converges fast in the range of the tests. */
    private static double normalDistribution(double x) {
        double term = x;
        double sum = x;
        for (int k = 1; k < 60; k++) {
            term *= x * x / (2 * k + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /** On both sides of 0 apart: finite differences must not cross the kinks. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("activations")
    void activationsAreTheirFormulasOnBothSidesOfZero(String name, Activation layer, DoubleUnaryOperator function) {
        for (double sign : new double[] {-1, 1}) {
            DerivativeContract.of(name, in -> layer.apply(in.get(0)))
                    .between(Math.min(0.1 * sign, 2.5 * sign), Math.max(0.1 * sign, 2.5 * sign))
                    .input(Shape.of(3, 5))
                    .expecting(in -> Arrays.stream(in[0]).map(function).toArray())
                    .check();
        }
    }

    @Test
    void linearIsThePlainSum() {
        Linear layer = randomized(new Linear(4, 3));
        double[] theta = Arena.toDoubles(layer.parameterVector().array());
        double[] x = FiniteDifferences.gaussian(1, 20);
        double[] expected = new double[15];
        for (int c = 0; c < 5; c++) {
            for (int j = 0; j < 3; j++) {
                double sum = theta[12 + j];
                for (int i = 0; i < 4; i++) {
                    sum += x[c * 4 + i] * theta[i * 3 + j];
                }
                expected[c * 3 + j] = sum;
            }
        }
        assertThat(numbers(layer.apply(data(1, 5, 4)))).containsExactly(expected, within(1e-14));
    }

    @Test
    void layerNormStandardizesEachRowByThePopulationVariance() {
        int rows = 4;
        int width = 6;
        double epsilon = 1e-3;
        LayerNorm layer = randomized(new LayerNorm(width, epsilon));
        double[] gain = Arena.toDoubles(layer.namedParameters().get("gain").array());
        double[] bias = Arena.toDoubles(layer.namedParameters().get("bias").array());
        double[] x = FiniteDifferences.gaussian(1, rows * width);
        double[] expected = new double[x.length];
        for (int r = 0; r < rows; r++) {
            double mean = 0;
            for (int i = 0; i < width; i++) {
                mean += x[r * width + i] / width;
            }
            double variance = 0;
            for (int i = 0; i < width; i++) {
                variance += Math.pow(x[r * width + i] - mean, 2) / width;
            }
            for (int i = 0; i < width; i++) {
                double standard = (x[r * width + i] - mean) / Math.sqrt(variance + epsilon);
                expected[r * width + i] = standard * gain[i] + bias[i];
            }
        }
        assertThat(numbers(layer.apply(data(1, rows, width)))).containsExactly(expected, within(1e-14));
        assertThat(numbers(layer.apply(data(1, 2, 2, width)))).containsExactly(expected, within(1e-14));
    }

    /** The same numbers at any scale have the same result as long as epsilon does not matter. */
    @Test
    void layerNormNeitherOverflowsNorUnderflows() {
        double[] row = {3, -1, 4, 1.5};
        double mean = 1.875;
        double deviation = Math.sqrt((1.265625 + 8.265625 + 4.515625 + 0.140625) / 4);
        double[] expected = Arrays.stream(row).map(v -> (v - mean) / deviation).toArray();
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            int[] exponents =
                    dtype == DType.FLOAT32 ? new int[] {-120, -70, 0, 70, 125} : new int[] {-1000, -600, 0, 600, 1021};
            LayerNorm layer = new LayerNorm(4, 0);
            layer.initialize(dtype, 1);
            for (int exponent : exponents) {
                double[] scaled =
                        Arrays.stream(row).map(v -> Math.scalb(v, exponent)).toArray();
                Tensor x = Tensor.constant(dtype, Shape.of(1, 4), scaled);
                Tensor y = layer.apply(x);
                double precision = dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
                assertThat(numbers(y)).as("2^%s", exponent).containsExactly(expected, within(precision));
                double[] slope = numbers(Autodiff.gradient(y.slice(1, 0, 1).sum(), x));
                double first = (0.75 - expected[0] * expected[0] / 4) / deviation;
                assertThat(Math.scalb(slope[0], exponent))
                        .as("slope, 2^%s", exponent)
                        .isCloseTo(first, within(precision));
            }
        }
    }

    @Test
    void layerNormOfAConstantRowIsItsBias() {
        LayerNorm layer = randomized(new LayerNorm(4));
        Tensor constant = Tensor.constant(DType.FLOAT64, Shape.of(1, 4), 3, 3, 3, 3);
        assertThat(numbers(layer.apply(constant)))
                .containsExactly(
                        Arena.toDoubles(layer.namedParameters().get("bias").array()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 5})
    void layerNormRefusesAnotherWidthRatherThanBroadcast(long width) {
        LayerNorm layer = initialized(new LayerNorm(4));
        assertThatThrownBy(() -> layer.apply(data(1, 3, width)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'LayerNorm': layerNorm")
                .hasMessageContaining("[4]")
                .hasMessageContaining("[3, " + width + "]");
    }

    @Test
    void flattenKeepsTheCasesAndTheNumbers() {
        Flatten layer = new Flatten();
        Tensor x = data(1, 2, 3, 4);
        assertThat(layer.apply(x).shape()).isEqualTo(Shape.of(2, 12));
        assertThat(numbers(layer.apply(x))).isEqualTo(numbers(x));
        assertThat(layer.apply(data(1, 5)).shape()).isEqualTo(Shape.of(5, 1));
        assertThat(layer.apply(data(1, 5, 2)).shape()).isEqualTo(Shape.of(5, 2));
        assertThat(layer.apply(data(1, 0, 3, 4)).shape()).as("no cases").isEqualTo(Shape.of(0, 12));
    }

    @Test
    void residualAddsItsInputToItsBody() {
        Linear body = new Linear(3, 3);
        Residual layer = randomized(new Residual(body));
        Tensor x = data(1, 2, 3);
        double[] expected = numbers(body.apply(x));
        double[] input = numbers(x);
        Arrays.setAll(expected, i -> expected[i] + input[i]);
        assertThat(numbers(layer.apply(x))).containsExactly(expected, within(1e-15));
    }

    @Test
    void residualRefusesABodyOfAnotherShapeRatherThanBroadcast() {
        Residual layer = initialized(new Residual(new Linear(3, 1)));
        assertThatThrownBy(() -> layer.apply(data(1, 2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'Residual': residual")
                .hasMessageContaining("[2, 3]")
                .hasMessageContaining("[2, 1]");
    }

    @Test
    void sequentialAppliesItsModulesInOrder() {
        Linear first = new Linear(3, 4);
        Linear second = new Linear(4, 2);
        Sequential model = randomized(new Sequential(first, Activation.tanh(), second));
        Tensor x = data(1, 2, 3);
        assertThat(numbers(model.apply(x)))
                .isEqualTo(numbers(second.apply(first.apply(x).tanh())));
        assertThat(new Sequential().apply(x)).isSameAs(x);
    }

    // ---- dropout ----------------------------------------------------------------------------------------------

    private static Tensor ones(long... dims) {
        return Tensor.fill(DType.FLOAT64, Shape.of(dims), 1).add(Tensor.constant(DType.FLOAT64, Shape.of(), 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
    void dropoutRatesLieFromZeroToBelowOne(double rate) {
        assertThatThrownBy(() -> new Dropout(rate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 0 to below 1, found " + rate);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.9})
    void dropoutDropsItsShareAndScalesTheRest(double rate) {
        Dropout layer = initialized(new Dropout(rate));
        double[] y = numbers(layer.apply(ones(200, 100)));
        double kept = 1 / (1 - rate);
        assertThat(Arrays.stream(y).distinct().sorted().toArray()).containsExactly(0, kept);
        double share = Arrays.stream(y).filter(v -> v == 0).count() / (double) y.length;
        double error = Math.sqrt(rate * (1 - rate) / y.length);
        assertThat(share).isCloseTo(rate, within(5 * error));
        assertThat(Arrays.stream(y).average().orElseThrow()).as("mean").isCloseTo(1, within(5 * error * kept));
    }

    @Test
    void dropoutPassesEverythingInEvaluationAndAtRateZero() {
        Tensor x = data(1, 3, 4);
        Dropout layer = initialized(new Dropout(0.5));
        layer.eval();
        assertThat(layer.apply(x)).isSameAs(x);
        layer.train();
        assertThat(dropped(layer.apply(x).value())).contains(true, false);
        assertThat(initialized(new Dropout(0)).apply(x)).isSameAs(x);
    }

    private static boolean[] dropped(INDArray array) {
        double[] values = Arena.toDoubles(array);
        boolean[] zero = new boolean[values.length];
        for (int i = 0; i < zero.length; i++) {
            zero[i] = values[i] == 0;
        }
        return zero;
    }

    @Test
    void aMaskStaysTheSameUntilAProgramResamples() {
        Dropout layer = initialized(new Dropout(0.5));
        Tensor x = Tensor.input("x", DType.FLOAT64, Shape.of(8, 10));
        Tensor y = layer.apply(x);
        Tensor slope = Autodiff.gradient(y.square().sum(), x);
        try (Program program = Program.of(List.of(x), List.of(y, slope))) {
            program.set(x, data(1, 8, 10).value());
            program.run();
            boolean[] first = dropped(program.memory(y));
            assertThat(first)
                    .as("a program that was not resampled draws what value() draws")
                    .isEqualTo(dropped(layer.apply(data(1, 8, 10)).value()));
            program.set(x, data(2, 8, 10).value());
            program.run();
            assertThat(dropped(program.memory(y))).as("other data").isEqualTo(first);
            assertThat(dropped(program.memory(slope))).as("backward").isEqualTo(first);
            program.resample(5);
            program.run();
            boolean[] fifth = dropped(program.memory(y));
            assertThat(fifth).as("resampled").isNotEqualTo(first);
            assertThat(dropped(program.memory(slope))).as("backward").isEqualTo(fifth);
            program.resample(6);
            program.run();
            assertThat(dropped(program.memory(y))).isNotEqualTo(fifth);
            program.resample(5);
            program.run();
            assertThat(dropped(program.memory(y))).as("the same seed").isEqualTo(fifth);
        }
    }

    @Test
    void gradientAndProductsOfALinearizationSeeOneMask() {
        Fed model = initialized(new Fed(Shape.of(8, 10), new Dropout(0.5)));
        Tensor y = model.apply(Tensor.fill(DType.FLOAT64, Shape.of(), 0));
        INDArray v = Arena.of(DType.FLOAT64, Shape.of(80), FiniteDifferences.gaussian(3, 80));
        INDArray out = Arena.create(DType.FLOAT64, Shape.of(80));
        try (var at = GraphLinearization.of(y.exp().sum(), y, FiniteDifferences.variables(model))) {
            boolean[] previous = null;
            for (int seed = 0; seed < 3; seed++) {
                at.resample(seed, null, 0);
                at.gradient(out);
                boolean[] mask = dropped(out);
                assertThat(mask).isNotEqualTo(previous).contains(true, false);
                at.hessian(v, out);
                assertThat(dropped(out)).isEqualTo(mask);
                at.gaussNewton(v, out);
                assertThat(dropped(out)).isEqualTo(mask);
                previous = mask;
            }
        }
    }

    /**
     * The first use bears no derivative, so programs of products do not contain it; the second keeps its mask all the
     * same.
     */
    @Test
    void aLayerUsedTwiceHasOneMaskInValuesGradientAndProducts() {
        Dropout layer = initialized(new Dropout(0.5));
        Tensor w = Tensor.variable("w", data(1, 8, 10).value());
        Tensor first = layer.apply(data(2, 8, 10));
        Tensor second = layer.apply(w);
        assertThat(dropped(first.value())).isEqualTo(dropped(second.value()));
        INDArray v = Arena.of(DType.FLOAT64, Shape.of(80), FiniteDifferences.gaussian(3, 80));
        INDArray out = Arena.create(DType.FLOAT64, Shape.of(80));
        Tensor loss = second.exp().sum().add(first.square().sum());
        try (var at = GraphLinearization.of(loss, second, List.of(w))) {
            for (int seed = 0; seed < 3; seed++) {
                at.resample(seed, null, 0);
                at.gradient(out);
                boolean[] mask = dropped(out);
                assertThat(mask).contains(true, false);
                at.hessian(v, out);
                assertThat(dropped(out)).isEqualTo(mask);
                at.gaussNewton(v, out);
                assertThat(dropped(out)).isEqualTo(mask);
            }
        }
    }

    @Test
    void twoDropoutLayersDrawDifferentMasks() {
        Dropout first = new Dropout(0.5);
        Dropout second = new Dropout(0.5);
        Sequential model = initialized(new Sequential(first, second));
        Tensor x = ones(40, 50);
        assertThat(dropped(first.apply(x).value()))
                .isNotEqualTo(dropped(second.apply(x).value()));
        double[] y = numbers(model.apply(x));
        double kept = Arrays.stream(y).filter(v -> v != 0).count() / (double) y.length;
        assertThat(kept).as("independent masks").isCloseTo(0.25, within(5 * Math.sqrt(0.25 * 0.75 / y.length)));
    }

    @Test
    void dropoutMasksDependOnTheModelsSeed() {
        Dropout layer = new Dropout(0.5);
        Tensor x = ones(8, 10);
        layer.initialize(DType.FLOAT64, 1);
        boolean[] first = dropped(layer.apply(x).value());
        assertThat(dropped(layer.apply(x).value())).isEqualTo(first);
        layer.initialize(DType.FLOAT64, 2);
        assertThat(dropped(layer.apply(x).value())).isNotEqualTo(first);
    }
}
