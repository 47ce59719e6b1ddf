package dev.ravine.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.ModuleContract;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConvolutionLayersTest {
    private static Arguments layer(String name, Supplier<Module> layer, long... dims) {
        return Arguments.of(name, layer, Shape.of(dims));
    }

    static Stream<Arguments> layers() {
        return Stream.of(
                layer("conv2d", () -> new Conv2d(2, 3, 2), 3, 3, 4, 2),
                layer(
                        "conv2d, strided, dilated, padded",
                        () -> Conv2d.builder(
                                        2,
                                        2,
                                        Window.of(2, 3)
                                                .stride(2, 1)
                                                .padding(1, 0, 2, 1)
                                                .dilation(1, 2))
                                .build(),
                        2,
                        4,
                        5,
                        2),
                layer(
                        "conv2d, same, with stride",
                        () -> Conv2d.builder(1, 2, Window.of(3, 2).stride(2))
                                .same()
                                .build(),
                        3,
                        4,
                        3,
                        1),
                layer(
                        "conv2d in groups without bias",
                        () -> Conv2d.builder(4, 2, Window.of(2, 2))
                                .groups(2)
                                .withoutBias()
                                .build(),
                        2,
                        3,
                        3,
                        4),
                layer(
                        "depthwise conv2d",
                        () -> Conv2d.builder(3, 3, Window.of(2, 2)).groups(3).build(),
                        2,
                        3,
                        3,
                        3),
                layer("conv1d", () -> new Conv1d(2, 3, 3), 3, 5, 2),
                layer(
                        "causal conv1d in groups",
                        () -> Conv1d.builder(2, 4, Window.Axis.of(3).padding(2, 0))
                                .groups(2)
                                .build(),
                        3,
                        4,
                        2),
                layer(
                        "conv1d, same",
                        () -> Conv1d.builder(1, 2, Window.Axis.of(4).stride(2))
                                .same()
                                .build(),
                        3,
                        5,
                        1),
                layer("convTranspose2d", () -> new ConvTranspose2d(2, 3, 2), 3, 2, 3, 2),
                layer(
                        "convTranspose2d with everything",
                        () -> ConvTranspose2d.builder(
                                        2, 4, Window.of(3, 2).stride(2).padding(1, 0, 0, 1))
                                .outputPadding(1, 0)
                                .groups(2)
                                .withoutBias()
                                .build(),
                        2,
                        3,
                        2,
                        2),
                layer("maxPool2d", () -> new MaxPool2d(2), 3, 4, 4, 2),
                layer(
                        "maxPool2d, overlapping",
                        () -> new MaxPool2d(Window.of(3, 2).stride(1, 2).padding(1)),
                        3,
                        3,
                        4,
                        2),
                layer("avgPool2d", () -> new AvgPool2d(2), 3, 4, 4, 2),
                layer("avgPool2d, padded", () -> new AvgPool2d(Window.of(3, 2).padding(1), false), 3, 3, 4, 1),
                layer("adaptiveAvgPool2d", () -> new AdaptiveAvgPool2d(2, 3), 3, 3, 4, 2),
                layer("global average", AdaptiveAvgPool2d::global, 3, 2, 3, 2),
                layer("linear of places", () -> new Linear(3, 2), 3, 4, 3),
                layer("linear without bias", () -> new Linear(3, 2, Initializer.lecunNormal(), false), 3, 3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void layersKeepTheContract(String name, Supplier<Module> layer, Shape shape) {
        ModuleContract.of(layer, shape).check();
    }

    @ParameterizedTest
    @CsvSource({"5, 2, 3, 1", "6, 3, 3, 2", "7, 1, 5, 1", "4, 3, 2, 3", "1, 2, 4, 2"})
    void samePaddingHasOutputsForEachStride(long size, long stride, long window, long dilation) {
        Module layer = Conv2d.builder(
                        1, 1, Window.of(window, window).stride(stride).dilation(dilation))
                .same()
                .build();
        layer.initialize(1);
        long expected = (size + stride - 1) / stride;
        assertThat(layer.apply(Tensor.fill(DType.FLOAT32, Shape.of(2, size, size, 1), 1))
                        .shape())
                .isEqualTo(Shape.of(2, expected, expected, 1));
    }

    /** The first of equal numbers is the maximum, as in PyTorch; NaN is larger than any number. */
    @Test
    void theFirstOfEqualMaximaHasTheDerivative() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(1, 2, 4, 1), 1, 3, 0, Double.NaN, 3, 2, 5, 5);
        Tensor y = new MaxPool2d(2).apply(x);
        assertThat(Arena.toDoubles(y.value())).containsExactly(3, Double.NaN);
        Tensor slope = Autodiff.gradient(y.sum(), x);
        assertThat(Arena.toDoubles(slope.value())).containsExactly(0, 1, 0, 1, 0, 0, 0, 0);
    }

    @Test
    void fansCountWhatMeets() {
        Conv2d conv = Conv2d.builder(4, 6, Window.of(3, 5)).groups(2).build();
        assertThat(conv.namedParameters().get("weight").fans()).isEqualTo(new Fans(30, 45));
        ConvTranspose2d up =
                ConvTranspose2d.builder(4, 6, Window.of(4, 3).stride(2)).build();
        assertThat(up.namedParameters().get("weight").fans()).isEqualTo(new Fans(16, 72));
        assertThat(new Conv1d(3, 2, 5).namedParameters().get("weight").fans()).isEqualTo(new Fans(15, 10));
    }

    /** With the fans of their layer, weights keep the variance of what they are applied to. */
    @Test
    void outputsOfRandomWeightsHaveTheVarianceOfInputs() {
        Conv2d conv = Conv2d.builder(8, 64, Window.of(3, 3)).groups(2).build();
        conv.initialize(DType.FLOAT64, 3);
        double sum = 0;
        double[] weight = Arena.toDoubles(conv.namedParameters().get("weight").array());
        for (double w : weight) {
            sum += w * w;
        }
        assertThat(sum / weight.length).isCloseTo(1.0 / 36, within(3e-3));
    }

    private static Tensor images(long... dims) {
        return Tensor.fill(DType.FLOAT32, Shape.of(dims), 1);
    }

    private static Module initialized(Module... layers) {
        Module net = new Sequential(layers);
        net.initialize(1);
        return net;
    }

    @Test
    void errorsNameLayerShapesAndWhatToDo() {
        assertThatThrownBy(() ->
                        initialized(new Activation(x -> x), new Conv2d(1, 2, 5)).apply(images(3, 4, 6, 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("1")
                .hasMessageContaining("conv of [3, 4, 6, 1]")
                .hasMessageContaining("covers 5 numbers, but the input has 4")
                .hasMessageContaining("use a smaller window");
        assertThatThrownBy(() -> initialized(new Conv2d(3, 2, 2)).apply(images(2, 3, 8, 8)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in layer 'Sequential.0'")
                .hasMessageContaining("[examples, height, width, 3], found [2, 3, 8, 8]")
                .hasMessageContaining("permute(0, 2, 3, 1)");
        assertThatThrownBy(() -> initialized(new Conv1d(3, 2, 2)).apply(images(2, 3, 8)))
                .hasMessageContaining("[examples, length, 3], found [2, 3, 8]");
        assertThatThrownBy(() -> initialized(new MaxPool2d(3)).apply(images(2, 2, 8, 1)))
                .hasMessageContaining("poolArgmax of [2, 2, 8, 1]")
                .hasMessageContaining("so there is no output");
        assertThatThrownBy(() -> initialized(new AvgPool2d(3)).apply(images(2, 8, 2, 1)))
                .hasMessageContaining("avgPool2d of [2, 8, 2, 1]");
        assertThatThrownBy(() -> initialized(new ConvTranspose2d(1, 2, 2)).apply(images(2, 0, 3, 1)))
                .hasMessageContaining("convTranspose2d: images [2, 0, 3, 1]");
        assertThatThrownBy(() -> initialized(
                                ConvTranspose2d.builder(1, 2, Window.of(2, 2).padding(1))
                                        .build())
                        .apply(images(2, 1, 3, 1)))
                .hasMessageContaining("0 lines")
                .hasMessageContaining("use less padding");
    }

    @Test
    void settingsOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> Conv2d.builder(4, 6, Window.of(2, 2)).groups(4).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 inputs, 6 outputs and 4 groups");
        assertThatThrownBy(() -> Window.of(3, -1)).hasMessageContaining("the size of a window must be from 1");
        assertThatThrownBy(() -> Window.of(3, 3).stride(0)).hasMessageContaining("stride");
        assertThatThrownBy(() -> Window.of(3, 3).padding(0, 0, -1, 0)).hasMessageContaining("padding before");
        assertThatThrownBy(() -> Window.of(3, 3).dilation(0)).hasMessageContaining("dilation");
        assertThatThrownBy(() -> new MaxPool2d(Window.of(2, 2).padding(2)))
                .hasMessageContaining("at most half of the window");
        assertThatThrownBy(() -> ConvTranspose2d.builder(1, 1, Window.of(2, 2).stride(2))
                        .outputPadding(2, 0)
                        .build())
                .hasMessageContaining("from 0 to stride - 1, found 2");
        assertThatThrownBy(() -> new AdaptiveAvgPool2d(0, 1)).hasMessageContaining("at least 1 x 1");
    }
}
