package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Errors name what does not fit, in the caller's words. */
class ErrorsSayWhatTest {
    private final Tensor w = Tensor.variable("w", Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3));
    private final Tensor loss = w.square().sum();

    private static INDArray vector(DType dtype, int size) {
        return Arena.create(dtype, Shape.of(size));
    }

    private static Tensor ones(long... shape) {
        return Tensor.fill(DType.FLOAT64, Shape.of(shape), 1);
    }

    @Test
    void parametersOfALinearizationAreLeaves() {
        assertThatThrownBy(() -> GraphLinearization.of(loss, List.of(w.square())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found square [3] FLOAT64; name the variables");
        assertThatThrownBy(() -> GraphLinearization.of(loss, List.of(w, w)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one twice among [variable 'w' [3] FLOAT64, variable 'w' [3] FLOAT64]");
    }

    @Test
    void vectorsOfALinearizationAreNamed() {
        try (GraphLinearization at = GraphLinearization.of(loss, List.of(w))) {
            INDArray right = vector(DType.FLOAT64, 3);
            INDArray shorter = vector(DType.FLOAT64, 2);
            assertThatThrownBy(() -> at.hessian(shorter, right))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("the vector of a product must be a vector of 3 FLOAT64 elements, found FLOAT64 [2]");
            assertThatThrownBy(() -> at.hessian(right, shorter)).hasMessageStartingWith("the memory for a product");
            assertThatThrownBy(() -> at.gradient(shorter)).hasMessageStartingWith("the memory for the gradient");
            assertThatThrownBy(() -> at.moveTo(shorter)).hasMessageStartingWith("theta must be a vector of 3");
            assertThatThrownBy(() -> at.hessian(vector(DType.FLOAT32, 3), right))
                    .hasMessageEndingWith("found FLOAT32 [3]");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-1, -1, one size can be -1",
        "-1, 2, no size in place of -1 gives 3 elements",
        "-1, 0, no size in place of -1",
        "2, 2, has 4",
        "-2, 3, has a negative size"
    })
    void aReshapeSaysWhy(long first, long second, String why) {
        assertThatThrownBy(() -> w.reshape(first, second))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aReshapeOfNothingMayLeaveASizeOpen() {
        assertThat(ones(0, 2).reshape(-1, 2).shape()).isEqualTo(Shape.of(0, 2));
        assertThat(ones(2, 3).reshape(3, -1).shape()).isEqualTo(Shape.of(3, 2));
    }

    @Test
    void aProductOfStacksNamesTheWholeShapes() {
        assertThatThrownBy(() -> ones(2, 3, 4).matmul(ones(3, 4, 5)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("batchMatMul of [2, 3, 4] and [3, 4, 5]: in the axes before the matrices");
    }

    @Test
    void anOrderMayCountFromTheLastAxis() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        assertThat(Arena.toDoubles(x.permute(-1, 0).value())).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(x.permute(-2, -1).shape()).isEqualTo(x.shape());
        assertThatThrownBy(() -> x.permute(-1, 1)).hasMessageContaining("must name each axis of shape [2, 3] once");
        assertThatThrownBy(() -> x.permute(-3, 1)).hasMessageContaining("axis -3 does not exist in shape [2, 3]");
    }

    @Test
    void numbersThatATypeDoesNotHoldAreRefused() {
        assertThatThrownBy(() -> Tensor.constant(DType.INT64, Shape.of(2), 1, 2.7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("2.7 is not a whole number");
        assertThatThrownBy(() -> Tensor.fill(DType.INT64, Shape.of(2), Double.NaN))
                .hasMessageStartingWith("NaN is not");
        assertThatThrownBy(() -> Arena.of(DType.FLOAT32, Shape.of(1), 1e200))
                .hasMessage("1.0E200 is beyond FLOAT32, whose largest number is 3.4028235E38; use FLOAT64");
        assertThatThrownBy(() -> Tensor.fill(DType.FLOAT32, Shape.of(1), -1e39)).hasMessageStartingWith("-1.0E39");
        assertThat(Arena.toDoubles(Arena.of(DType.FLOAT32, Shape.of(2), Double.NEGATIVE_INFINITY, Float.MAX_VALUE)))
                .containsExactly(Double.NEGATIVE_INFINITY, Float.MAX_VALUE);
        assertThat(Arena.toDoubles(Arena.of(DType.INT64, Shape.of(2), -3, 0x1p53)))
                .containsExactly(-3, 0x1p53);
    }

    @Test
    void aLabelOutOfRangeSaysThatItIsOne() {
        assertThatThrownBy(() -> Tensor.constant(DType.INT64, Shape.of(2), 1, 3)
                        .oneHot(3, DType.FLOAT64)
                        .value())
                .hasMessage("oneHot of labels: index 3 at position 1 is outside of 0..2, the classes that there are:"
                        + " labels count from 0, and a cross-entropy needs an output for each class");
    }
}
