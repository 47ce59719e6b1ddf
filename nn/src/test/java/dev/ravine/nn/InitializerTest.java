package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Statistics of fixed draws; bounds are five standard errors, which a fair draw exceeds once in two million. */
class InitializerTest {
    private static final long SEED = 42;

    private static double[] draw(Initializer initializer, long seed, long... dims) {
        return draw(initializer, Fans.ofUnnamed(dims), seed, dims);
    }

    private static double[] draw(Initializer initializer, Fans fans, long seed, long... dims) {
        INDArray array = Arena.create(DType.FLOAT64, Shape.of(dims));
        initializer.fill(array, fans, new Rng(seed));
        return Arena.toDoubles(array);
    }

    /** A layer with one parameter. */
    private static final class Weighted extends Module {
        Weighted(Initializer initializer, long... shape) {
            parameter("kernel", initializer, shape);
        }

        Weighted(Initializer initializer, Fans fans, long... shape) {
            parameter("kernel", initializer, fans, shape);
        }

        @Override
        public Tensor forward(Tensor x) {
            return x;
        }
    }

    private static void assertMoments(double[] x, double variance, double kurtosis) {
        double n = x.length;
        double mean = Arrays.stream(x).sum() / n;
        double square = Arrays.stream(x).map(a -> a * a).sum() / n;
        assertThat(mean).as("mean").isCloseTo(0, within(5 * Math.sqrt(variance / n)));
        assertThat(square).as("variance").isCloseTo(variance, within(5 * variance * Math.sqrt((kurtosis - 1) / n)));
    }

    private static void assertNormal(double[] x, double variance) {
        assertMoments(x, variance, 3);
        double deviation = Math.sqrt(variance);
        double inside = Arrays.stream(x).filter(a -> Math.abs(a) < deviation).count() / (double) x.length;
        double probability = 0.6826894921370859;
        assertThat(inside)
                .as("share within one standard deviation")
                .isCloseTo(probability, within(5 * Math.sqrt(probability * (1 - probability) / x.length)));
    }

    private static void assertUniform(double[] x, double limit) {
        assertMoments(x, limit * limit / 3, 1.8);
        assertThat(Arrays.stream(x).min().orElseThrow()).isBetween(-limit, -0.99 * limit);
        assertThat(Arrays.stream(x).max().orElseThrow()).isBetween(0.99 * limit, limit);
    }

    /** Shapes with their fans by hand; a kernel of 3 x 3 pixels from 16 to 40 channels sums over 144 inputs. */
    static Stream<Arguments> shapes() {
        return Stream.of(
                weight(Fans.matrix(100, 50), 100, 50, 100, 50),
                weight(Fans.matrix(50, 400), 50, 400, 50, 400),
                weight(Fans.matrix(3000, 1), 3000, 1, 3000, 1),
                weight(Fans.matrix(3, 1500), 3, 1500, 3, 1500),
                weight(Fans.kernel(3, 3, 16, 40), 144, 360, 3, 3, 16, 40),
                weight(Fans.kernel(5, 7, 1, 80), 35, 2800, 5, 7, 1, 80),
                weight(Fans.kernel(4, 30, 50), 120, 200, 4, 30, 50),
                weight(new Fans(20, 40), 20, 40, 40, 5, 20));
    }

    private static Arguments weight(Fans fans, long in, long out, long... dims) {
        return Arguments.of(fans, dims, in, out);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void normalInitializersHaveTheVarianceOfTheirPapers(Fans fans, long[] dims, double in, double out) {
        assertNormal(draw(Initializer.normal(0.3), fans, SEED, dims), 0.09);
        assertNormal(draw(Initializer.lecunNormal(), fans, SEED, dims), 1 / in);
        assertNormal(draw(Initializer.xavierNormal(), fans, SEED, dims), 2 / (in + out));
        assertNormal(draw(Initializer.kaimingNormal(), fans, SEED, dims), 2 / in);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void uniformInitializersHaveTheLimitsOfTheirPapers(Fans fans, long[] dims, double in, double out) {
        assertUniform(draw(Initializer.xavierUniform(), fans, SEED, dims), Math.sqrt(6 / (in + out)));
        assertUniform(draw(Initializer.kaimingUniform(), fans, SEED, dims), Math.sqrt(6 / in));
    }

    @Test
    void parametersOfALayerAreDrawnByTheFansItGives() {
        Module layer = new Sequential(
                new Weighted(Initializer.kaimingNormal(), Fans.kernel(3, 3, 16, 40), 3, 3, 16, 40),
                new Weighted(Initializer.kaimingNormal(), 100, 60));
        layer.initialize(DType.FLOAT64, SEED);
        var parameters = layer.namedParameters();
        assertNormal(Arena.toDoubles(parameters.get("0.kernel").array()), 2 / 144.0);
        assertNormal(Arena.toDoubles(parameters.get("1.kernel").array()), 2 / 100.0);
        assertThat(parameters.get("1.kernel").fans()).isEqualTo(Fans.matrix(100, 60));
    }

    static Stream<Initializer> scaledByFans() {
        return Stream.of(
                Initializer.lecunNormal(),
                Initializer.xavierNormal(),
                Initializer.xavierUniform(),
                Initializer.kaimingNormal(),
                Initializer.kaimingUniform(),
                Initializer.sparse(15));
    }

    @ParameterizedTest
    @MethodSource("scaledByFans")
    void fansAreNotGuessed(Initializer initializer) {
        for (long[] shape : new long[][] {{}, {5}, {3, 3, 16, 40}}) {
            Module model = new Sequential(new Weighted(initializer, shape));
            assertThatThrownBy(() -> model.initialize(DType.FLOAT64, SEED))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("parameter '0.kernel' " + Shape.of(shape) + ": ")
                    .hasMessageContaining("needs the fan-in")
                    .hasMessageContaining("Fans.kernel(...)");
            assertThatThrownBy(model::parameterVector).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void fansAreCounts() {
        assertThatThrownBy(() -> new Fans(-1, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found -1 and 3");
        assertThatThrownBy(() -> Fans.kernel(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[window..., inputs, outputs], found [3]");
        assertThat(Fans.UNKNOWN).hasToString("Fans[in=-1, out=-1]");
    }

    /** Numbers of a version that derived the fans from the shape. */
    @Test
    void linearLayersKeepTheirInitialNumbers() {
        Linear layer = new Linear(7, 5);
        double[] theta = Arena.toDoubles(layer.initialize(DType.FLOAT64, SEED).array());
        assertThat(Arrays.copyOf(theta, 3))
                .containsExactly(0.1678145461181908, -0.18323131048679897, 0.1532581243530705);
        assertThat(Arrays.hashCode(theta)).isEqualTo(172941694);
    }

    @Test
    void constantsAreConstant() {
        assertThat(draw(Initializer.constant(0.25), SEED, 3, 2)).containsOnly(0.25);
        assertThat(draw(Initializer.zeros(), SEED, 5)).containsOnly(0);
        assertThat(draw(Initializer.ones(), SEED, 5)).containsOnly(1);
        assertThat(draw(Initializer.lecunNormal(), new Fans(1, 1), SEED))
                .as("a scalar")
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"15, 40, 300", "15, 784, 60", "15, 15, 40", "15, 6, 100", "15, 1, 50", "3, 40, 20"})
    void sparseGivesEachOutputItsWeightsAtDistinctInputs(int incoming, int inputs, int outputs) {
        double[] w = draw(Initializer.sparse(incoming), SEED, inputs, outputs);
        for (int j = 0; j < outputs; j++) {
            int nonzero = 0;
            for (int i = 0; i < inputs; i++) {
                nonzero += w[i * outputs + j] == 0 ? 0 : 1;
            }
            assertThat(nonzero).as("incoming weights of output %d", j).isEqualTo(Math.min(incoming, inputs));
        }
        assertMoments(Arrays.stream(w).filter(x -> x != 0).toArray(), 1, 3);
    }

    @Test
    void sparseChoosesEveryInputEquallyOften() {
        int inputs = 40;
        int outputs = 2000;
        double[] w = draw(Initializer.sparse(15), SEED, inputs, outputs);
        double probability = 15.0 / inputs;
        double error = Math.sqrt(outputs * probability * (1 - probability));
        for (int i = 0; i < inputs; i++) {
            double[] row = Arrays.copyOfRange(w, i * outputs, (i + 1) * outputs);
            double chosen = Arrays.stream(row).filter(x -> x != 0).count();
            assertThat(chosen).as("input %d", i).isCloseTo(outputs * probability, within(5 * error));
        }
    }

    @Test
    void sparseCountsTheIncomingWeightsOfAKernelOverItsWholeWindow() {
        double[] w = draw(Initializer.sparse(15), Fans.kernel(3, 3, 4, 50), SEED, 3, 3, 4, 50);
        for (int j = 0; j < 50; j++) {
            int output = j;
            long nonzero =
                    IntStream.range(0, 36).filter(i -> w[i * 50 + output] != 0).count();
            assertThat(nonzero).as("incoming weights of output %d", j).isEqualTo(15);
        }
        assertThatThrownBy(() -> draw(Initializer.sparse(15), new Fans(7, 50), SEED, 3, 3, 4, 50))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a fan-in of 7 does not divide its 1800 elements");
    }

    @Test
    void sparseNeedsAWeight() {
        assertThatThrownBy(() -> Initializer.sparse(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1 incoming weight, found 0");
    }

    static Stream<Initializer> random() {
        return Stream.concat(Stream.of(Initializer.normal(1)), scaledByFans());
    }

    @ParameterizedTest
    @MethodSource("random")
    void theSameSeedDrawsTheSameNumbers(Initializer initializer) {
        double[] first = draw(initializer, SEED, 20, 10);
        assertThat(draw(initializer, SEED, 20, 10)).isEqualTo(first);
        assertThat(draw(initializer, SEED + 1, 20, 10)).isNotEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("random")
    void aViewIsFilledAndNothingAroundIt(Initializer initializer) {
        INDArray flat = Arena.create(DType.FLOAT64, Shape.of(2 + 200 + 3));
        initializer.fill(Arena.view(flat, 2, Shape.of(20, 10)), Fans.matrix(20, 10), new Rng(SEED));
        double[] all = Arena.toDoubles(flat);
        assertThat(Arrays.copyOfRange(all, 2, 202)).isEqualTo(draw(initializer, SEED, 20, 10));
        assertThat(Arrays.copyOfRange(all, 0, 2)).containsOnly(0);
        assertThat(Arrays.copyOfRange(all, 202, 205)).containsOnly(0);
    }

    @Test
    void layersBeginWithTheirDefaults() {
        Sequential model =
                new Sequential(new Linear(100, 80), new LayerNorm(80), new Linear(80, 40, Initializer.constant(0.5)));
        model.initialize(DType.FLOAT64, SEED);
        var parameters = model.namedParameters();
        assertNormal(Arena.toDoubles(parameters.get("0.weight").array()), 0.01);
        assertThat(Arena.toDoubles(parameters.get("0.bias").array())).containsOnly(0);
        assertThat(Arena.toDoubles(parameters.get("1.gain").array())).containsOnly(1);
        assertThat(Arena.toDoubles(parameters.get("1.bias").array())).containsOnly(0);
        assertThat(Arena.toDoubles(parameters.get("2.weight").array())).containsOnly(0.5);
        assertThat(Arena.toDoubles(parameters.get("2.bias").array())).containsOnly(0);
    }
}
