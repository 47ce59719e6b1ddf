package dev.ravine.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Program;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Noise of a module that is used in several places of a model: other numbers in each, the same in every graph. */
class NoisePlacesTest {
    private static final int EXAMPLES = 400;
    private static final int WIDTH = 50;

    /** A module made of one other by a function. */
    private static final class Using extends Module {
        private final Module part;
        private final BiFunction<Module, Tensor, Tensor> how;

        Using(Module part, BiFunction<Module, Tensor, Tensor> how) {
            this.part = child("part", part);
            this.how = how;
        }

        @Override
        public Tensor forward(Tensor x) {
            return how.apply(part, x);
        }
    }

    /** Draws two signs for each element in one forward, and multiplies them. */
    private static final class TwoSigns extends Module {
        @Override
        public Tensor forward(Tensor x) {
            return x.mul(signs(x)).mul(signs(x));
        }

        private Tensor signs(Tensor x) {
            return Tensor.noisePerExample("signs", x.dtype(), x.shape(), noiseSeed(), TwoSigns::fill);
        }

        private static void fill(Elements out, int from, int to, Rng rng) {
            for (int i = from; i < to; i++) {
                out.set(i, rng.nextDouble() < 0.5 ? -1 : 1);
            }
        }
    }

    private static Tensor ones() {
        return Tensor.fill(DType.FLOAT64, Shape.of(EXAMPLES, WIDTH), 1);
    }

    private static double[] numbers(Tensor t) {
        return Arena.toDoubles(t.value());
    }

    private static double mean(double... numbers) {
        return DoubleStream.of(numbers).average().orElseThrow();
    }

    private static Module twice(Module part) {
        return new Sequential(part, part);
    }

    private static Arguments model(String name, Supplier<Module> model, double meanSquare) {
        return Arguments.of(name, model, meanSquare);
    }

    /** With rate 1/2 a chain of k independent masks is 2^k with probability 2^-k: its mean is 1, its mean square 2^k. */
    static Stream<Arguments> chains() {
        return Stream.of(
                model("twice", () -> twice(new Dropout(0.5)), 4),
                model(
                        "three times",
                        () -> {
                            Dropout d = new Dropout(0.5);
                            return new Sequential(d, d, d);
                        },
                        8),
                model("a chain twice", () -> twice(new Sequential(new Dropout(0.5), Activation.relu())), 4),
                model("a chain of two, twice", () -> twice(twice(new Dropout(0.5))), 16),
                model("two layers", () -> new Sequential(new Dropout(0.5), new Dropout(0.5)), 4),
                model(
                        "forward without apply",
                        () -> new Using(new Dropout(0.5), (d, x) -> d.forward(d.forward(x))),
                        4));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chains")
    void aChainKeepsTheMean(String name, Supplier<Module> model, double meanSquare) {
        for (boolean isInitialized : new boolean[] {true, false}) {
            Module net = model.get();
            if (isInitialized) {
                net.initialize(DType.FLOAT64, 5);
            }
            double[] y = numbers(net.apply(ones()));
            // Five standard deviations of the mean of 20,000 numbers.
            assertThat(mean(y)).isCloseTo(1, within(5 * Math.sqrt((meanSquare - 1) / y.length)));
            assertThat(mean(Arrays.stream(y).map(v -> v * v).toArray()))
                    .isCloseTo(meanSquare, within(0.25 * meanSquare));
        }
    }

    @Test
    void placesBesideEachOtherDiffer() {
        Module net = new Using(new Dropout(0.5), (d, x) -> d.apply(x).mul(d.apply(x)));
        net.initialize(DType.FLOAT64, 5);
        double[] y = numbers(net.apply(ones()));
        assertThat(mean(y)).isCloseTo(1, within(0.07)); // 2 with one mask
    }

    @Test
    void noiseThatOneForwardDrawsTwiceDiffers() {
        double[] y = numbers(new TwoSigns().apply(ones()));
        assertThat(mean(y)).isCloseTo(0, within(0.05)); // 1 with equal signs
    }

    @Test
    void aModuleAppliedToItsOwnResultDiffers() {
        Dropout d = new Dropout(0.5);
        d.initialize(DType.FLOAT64, 5);
        assertThat(mean(numbers(d.apply(d.apply(ones()))))).isCloseTo(1, within(0.07));
    }

    @Test
    void theFirstPlaceHasTheMaskOfALayerThatIsUsedOnce() {
        Dropout d = new Dropout(0.5);
        Module net = new Sequential(d, d);
        net.initialize(DType.FLOAT64, 5);
        double[] once = numbers(d.apply(ones()));
        double[] both = numbers(net.apply(ones()));
        for (int i = 0; i < once.length; i++) {
            assertThat(both[i]).isIn(0.0, once[i] * 2);
        }
    }

    @Test
    void anotherGraphOfTheModelHasTheSameNoise() {
        Module net = twice(new Sequential(new Dropout(0.5), new TwoSigns()));
        net.initialize(DType.FLOAT64, 5);
        double[] first = numbers(net.apply(ones()));
        net.eval();
        net.apply(ones());
        net.train();
        assertThat(numbers(net.apply(ones()))).isEqualTo(first);
        Module again = twice(new Sequential(new Dropout(0.5), new TwoSigns()));
        again.initialize(DType.FLOAT64, 5);
        assertThat(numbers(again.apply(ones()))).isEqualTo(first);
        again.initialize(DType.FLOAT64, 6);
        assertThat(numbers(again.apply(ones()))).isNotEqualTo(first);
    }

    /** A graph for some rows of a batch draws for each example what the graph of the whole batch draws. */
    @Test
    void anExampleHasTheSameNoiseInAnyPartOfABatch() {
        Module net = twice(new Dropout(0.5));
        net.initialize(DType.FLOAT64, 5);
        int[] examples = {7, 3, 12, 0, 5};
        double[] whole = draw(net, examples, 0, 5);
        assertThat(draw(net, examples, 0, 2)).isEqualTo(Arrays.copyOfRange(whole, 0, 2 * WIDTH));
        assertThat(draw(net, examples, 2, 3)).isEqualTo(Arrays.copyOfRange(whole, 2 * WIDTH, 5 * WIDTH));
    }

    private static double[] draw(Module net, int[] examples, int from, int count) {
        Tensor x = Tensor.fill(DType.FLOAT64, Shape.of(count, WIDTH), 1);
        Tensor y = net.apply(x);
        try (Program program = Program.of(List.of(), List.of(y))) {
            program.resample(11, examples, from);
            program.run();
            return Arena.toDoubles(program.memory(y));
        }
    }

    @Test
    void aLayerOfLayersUsedTwiceKeepsTheContract() {
        ModuleContract.of(() -> twice(new Sequential(new Linear(4, 4), new Dropout(0.3))), Shape.of(3, 4))
                .check();
    }
}
