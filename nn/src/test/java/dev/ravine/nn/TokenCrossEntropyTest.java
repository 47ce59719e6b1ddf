package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.OutputCurvature;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.io.Npz;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against figures of PyTorch, which {@code tokens.py} beside them makes. */
class TokenCrossEntropyTest {
    private static final double[] WEIGHTS = {0.5, 2, 1, 0.25, 1.5};

    private static Map<String, INDArray> figures;

    @BeforeAll
    static void read() throws IOException, URISyntaxException {
        figures = Npz.read(
                Path.of(TokenCrossEntropyTest.class.getResource("tokens.npz").toURI()));
    }

    private static Tensor figure(String name) {
        return Tensor.constant(figures.get(name));
    }

    static Stream<Arguments> losses() {
        TokenCrossEntropy plain = new TokenCrossEntropy();
        return Stream.of(
                        Arguments.of("plain", plain),
                        Arguments.of("smooth", plain.smoothing(0.2)),
                        Arguments.of("weighted", plain.classWeights(WEIGHTS)),
                        Arguments.of("both", plain.smoothing(0.2).classWeights(WEIGHTS)))
                .flatMap(each -> Stream.of(
                        Arguments.of(each.get()[0] + ".mean", each.get()[1]),
                        Arguments.of(each.get()[0] + ".sum", ((TokenCrossEntropy) each.get()[1]).summed())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("losses")
    void valuesGradientsAndCurvatureAreThoseOfPyTorch(String name, TokenCrossEntropy loss) {
        Tensor z = figure("z");
        Tensor targets = figure("targets");
        Tensor values = loss.perExample(z, targets);
        assertSame("values", values, name + ".values");
        assertSame("gradient", Autodiff.gradient(values.sum(), z), name + ".gradient");
        assertSame("Hessian", Autodiff.hvp(values.sum(), z, figure("v")), name + ".hessian");
        OutputCurvature curvature = loss.curvature(z, targets).orElseThrow();
        Tensor u = Tensor.variable("u", figures.get("v"));
        Tensor transposed = Autodiff.vjp(List.of(curvature.root(u)), List.of(u), List.of(figure("v")))
                .get(0);
        assertSame("B B' v", curvature.root(transposed), name + ".hessian");
    }

    private static void assertSame(String what, Tensor found, String expected) {
        assertThat(found.shape()).as(what).isEqualTo(Shape.of(figures.get(expected)));
        assertThat(Arena.toDoubles(found.value()))
                .as(what)
                .containsExactly(Arena.toDoubles(figures.get(expected)), within(1e-12));
    }

    /** Weights of examples that count their tokens give PyTorch's mean over all tokens of a batch. */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "smooth"})
    void numbersOfTokensAsWeightsGiveTheMeanOverTheBatch(String name) {
        TokenCrossEntropy loss = new TokenCrossEntropy().smoothing(name.equals("smooth") ? 0.2 : 0);
        double[] values =
                Arena.toDoubles(loss.perExample(figure("z"), figure("targets")).value());
        double mean = (4 * values[0] + 2 * values[1] + 2 * values[2]) / 8;
        assertThat(mean).isCloseTo(figure(name + ".mean.batch").scalar(), within(1e-12));
    }

    @Test
    void anExampleWithoutATokenThatCountsHasNoLoss() {
        Tensor z = figure("z").slice(0, 0, 1);
        Tensor targets = Tensor.constant(Arena.ofIntegers(7, 7, 7, 7)).reshape(1, 4);
        Tensor loss = new TokenCrossEntropy().ignoring(7).perExample(z, targets);
        assertThat(loss.sum().scalar()).isZero();
        assertThat(Arena.toDoubles(Autodiff.gradient(loss.sum(), z).value()))
                .containsExactly(new double[20], within(0.0));
    }

    @Test
    void aTokenOutOfRangeIsAnErrorThatNamesIt() {
        Tensor targets = Tensor.constant(Arena.ofIntegers(0, 1, 5, 0)).reshape(1, 4);
        Tensor loss = new TokenCrossEntropy().perExample(figure("z").slice(0, 0, 1), targets);
        assertThatThrownBy(loss::value)
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("target 5 at element 2 of targets [1, 4]")
                .hasMessageContaining("0..4")
                .hasMessageContaining("ignored -100");
    }

    @Test
    void shapesAndSettingsThatDoNotFitAreRefused() {
        TokenCrossEntropy loss = new TokenCrossEntropy();
        assertThatThrownBy(() -> loss.perExample(figure("z"), figure("targets").reshape(4, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[3, 4, 5]")
                .hasMessageContaining("[4, 3]");
        assertThatThrownBy(() -> loss.perExample(figure("z"), Tensor.fill(DType.FLOAT64, Shape.of(3, 4), 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("FLOAT64 [3, 4]");
        assertThatThrownBy(() -> loss.classWeights(1, 2).perExample(figure("z"), figure("targets")))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("5 classes, but there are 2 class weights");
        assertThatThrownBy(() -> loss.smoothing(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 0 to below 1, found 1.0");
        assertThatThrownBy(() -> loss.classWeights(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
