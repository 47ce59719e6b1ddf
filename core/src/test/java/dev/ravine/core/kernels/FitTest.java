package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel of arrays that do not fit together is refused when it is bound, by an error with all sizes. */
class FitTest {
    private static final Window TWO = Window.of(2, 2);

    private static INDArray floats(long... shape) {
        return Arena.create(DType.FLOAT32, Shape.of(shape));
    }

    private static INDArray doubles(long... shape) {
        return Arena.create(DType.FLOAT64, Shape.of(shape));
    }

    private static INDArray longs(long... shape) {
        return Arena.create(DType.INT64, Shape.of(shape));
    }

    /** A call that binds a kernel. */
    @FunctionalInterface
    private interface Binding {
        Kernel bind();
    }

    private static Arguments wrong(Binding binding, String... parts) {
        return arguments(binding, List.of(parts));
    }

    private static Stream<Arguments> moves() {
        return Stream.of(
                wrong(() -> LayoutKernels.copy(doubles(3), doubles(2)), "copy", "[3] and [2]"),
                wrong(() -> LayoutKernels.permute(doubles(2, 3), new int[] {0, 0}, doubles(2, 2)), "[0, 0]", "[2, 3]"),
                wrong(() -> LayoutKernels.permute(doubles(2, 3), new int[] {1, 0}, doubles(2, 3)), "[3, 2]", "[2, 3]"),
                wrong(() -> LayoutKernels.slice(doubles(4), new long[] {3}, doubles(2)), "slice", "[2]", "[3]", "[4]"),
                wrong(
                        () -> LayoutKernels.slice(doubles(4), new long[] {Long.MAX_VALUE}, doubles(2)),
                        "[9223372036854775807]"),
                wrong(() -> LayoutKernels.slice(doubles(4, 2), new long[] {0}, doubles(2)), "[0]", "[4, 2]"),
                wrong(() -> LayoutKernels.pad(doubles(3), new long[] {-1}, doubles(5)), "pad", "[3]", "[-1]", "[5]"),
                wrong(() -> LayoutKernels.every(doubles(5), 0, 1, 2, doubles(3)), "3 slices", "from 1", "of 2", "[5]"),
                wrong(() -> LayoutKernels.every(doubles(5), 1, 0, 1, doubles(3)), "axis 1", "[5]"),
                wrong(() -> LayoutKernels.spread(doubles(3), 0, 0, 3, doubles(5)), "spread", "3 slices", "[5]"),
                wrong(() -> LayoutKernels.concat(List.of(doubles(2), doubles(2)), 0, doubles(5)), "4", "[5]"),
                wrong(() -> LayoutKernels.concat(List.of(doubles(2, 3)), 0, doubles(2, 4)), "[2, 3]", "[2, 4]"),
                wrong(() -> LayoutKernels.concat(List.of(doubles(2)), -1, doubles(2)), "axis -1", "[2]"));
    }

    private static Stream<Arguments> indices() {
        return Stream.of(
                wrong(() -> IndexKernels.gatherRows(doubles(4, 3), longs(2), doubles(2, 2)), "6 elements", "[2, 2]"),
                wrong(() -> IndexKernels.gatherRows(doubles(), longs(2), doubles(2)), "the table", "[]"),
                wrong(() -> IndexKernels.scatterAddRows(doubles(5), longs(2), doubles(4, 3)), "6 elements", "[5]"),
                wrong(() -> IndexKernels.oneHot(longs(3), doubles(2, 4)), "12 elements", "[2, 4]"),
                wrong(
                        () -> AlongAxisKernels.gather(doubles(2, 3), longs(3, 1), 1, doubles(3, 1)),
                        "axis 1",
                        "[2, 3] and [3, 1]"),
                wrong(() -> AlongAxisKernels.gather(doubles(2, 3), longs(2, 1), 1, doubles(2)), "[2, 1]", "[2]"),
                wrong(
                        () -> AlongAxisKernels.scatterAdd(longs(2, 1), longs(2, 1), 1, doubles(2, 3)),
                        "INT64 [2, 1] and FLOAT64 [2, 3]"));
    }

    private static Stream<Arguments> numbers() {
        int[] last = {1};
        return Stream.of(
                wrong(() -> UnaryKernels.exp(doubles(0), doubles(3)), "[0] and [3]"),
                wrong(() -> UnaryKernels.cos(longs(3), longs(3)), "INT64 [3]"),
                wrong(() -> BinaryKernels.add(doubles(2, 3), doubles(3), doubles(3)), "[2, 3]", "[3]"),
                wrong(() -> BinaryKernels.mul(doubles(3), floats(3), floats(3)), "FLOAT32", "FLOAT64 of shape [3]"),
                wrong(() -> BinaryKernels.where(doubles(3), doubles(3), doubles(2), doubles(3)), "[3] and [2]"),
                wrong(() -> ReductionKernels.sum(doubles(2, 3), last, doubles(3)), "2 elements", "[2, 3]", "[3]"),
                wrong(() -> ReductionKernels.max(doubles(2, 3), new int[] {1, 0}, doubles()), "[1, 0]", "[2, 3]"),
                wrong(() -> ReductionKernels.logSumExp(doubles(2, 3), last, doubles(3)), "2 elements", "[2, 3]"),
                wrong(() -> ReductionKernels.logSumExp(doubles(0, 3), new int[] {2}, doubles(0)), "[2]", "[0, 3]"),
                wrong(() -> ReductionKernels.softmax(doubles(2, 3), last, doubles(2)), "[2, 3] and [2]"),
                wrong(() -> SoftmaxKernels.logSoftmax(doubles(2, 3), new int[] {-1}, doubles(2, 3)), "[-1]"),
                wrong(() -> SoftmaxKernels.crossEntropyOfLabels(doubles(2, 3), longs(3), doubles(3)), "9", "[2, 3]"),
                wrong(() -> SoftmaxKernels.crossEntropy(doubles(2, 3), doubles(2), doubles(2)), "[2, 3] and [2]"),
                wrong(() -> StandardizeKernels.standardize(doubles(2, 3), 0, doubles(2)), "[2, 3] and [2]"),
                wrong(() -> StandardizeKernels.deviation(doubles(2, 3), 0, doubles(3)), "2 elements", "[2, 3]"));
    }

    private static Stream<Arguments> products() {
        return Stream.of(
                wrong(
                        () -> MatrixKernels.batchedGemm(doubles(3), false, doubles(3, 2), false, doubles(3, 2), 0),
                        "the first input",
                        "[3]"),
                wrong(
                        () -> MatrixKernels.batchedGemm(
                                doubles(4, 2, 3), false, doubles(4, 2, 3), false, doubles(4, 2, 3), 0),
                        "FLOAT64 [2, 3] and FLOAT64 [2, 3]"),
                wrong(() -> MatrixKernels.gemm(doubles(0, 2), true, doubles(0, 3), false, doubles(3, 3), 0), "[0, 2]"),
                wrong(
                        () -> ConvolutionKernels.outputs(
                                floats(1, 4, 4, 2), doubles(2, 2, 2, 3), TWO, 1, 0, floats(1, 3, 3, 3)),
                        "FLOAT32 [1, 4, 4, 2] and FLOAT64 [2, 2, 2, 3]"),
                wrong(
                        () -> ConvolutionKernels.images(
                                floats(1, 2, 3, 3), floats(2, 2, 2, 3), TWO, 1, 0, floats(1, 4, 4, 2)),
                        "[1, 3, 3, 3]",
                        "[1, 2, 3, 3]"),
                wrong(
                        () -> ConvolutionKernels.weights(
                                floats(1, 4, 4, 2), floats(1, 3, 3, 3), TWO, 1, 0, floats(3, 3, 2, 3)),
                        "[2, 2, 2, 3]",
                        "[3, 3, 2, 3]"),
                wrong(
                        () -> ConvolutionKernels.outputs(
                                floats(1, 4, 4, 2), floats(2, 2, 2, 3), TWO, 2, 0, floats(1, 3, 3, 3)),
                        "2 groups",
                        "3 outputs"),
                wrong(() -> ConvolutionKernels.unfold(floats(1, 4, 4, 2), TWO, floats(1, 3, 3, 4)), "[1, 3, 3, 8]"),
                wrong(() -> ConvolutionKernels.fold(doubles(1, 3, 3, 8), TWO, floats(1, 4, 4, 2)), "FLOAT64"),
                wrong(() -> PoolingKernels.argmax(longs(1, 4, 4, 2), TWO, longs(1, 3, 3, 2)), "INT64 [1, 4, 4, 2]"),
                wrong(() -> PoolingKernels.argmax(floats(1, 4, 4, 2), TWO, longs(1, 4, 4, 2)), "[1, 3, 3, 2]"));
    }

    @ParameterizedTest
    @MethodSource({"moves", "indices", "numbers", "products"})
    void sizesThatDoNotFitAreNamed(Binding binding, List<String> parts) {
        assertThatThrownBy(() -> binding.bind().close())
                .isInstanceOf(ShapeException.class)
                .hasMessageContainingAll(parts.toArray(String[]::new));
    }
}
