package dev.ravine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import org.junit.jupiter.api.Test;

/** Matrices of integers are cut, joined and compared like others, and single elements are read. */
class IntegerTensorsTest {
    private static final Tensor A = Tensor.constant(DType.INT64, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    private static final Tensor B = Tensor.constant(DType.INT64, Shape.of(2, 3), 3, 2, 1, 4, 9, 0);

    private static double[] numbers(Tensor t) {
        return Arena.toDoubles(t.value());
    }

    @Test
    void integersAreCutAndJoined() {
        assertThat(numbers(A.slice(1, 1, 3))).containsExactly(2, 3, 5, 6);
        assertThat(numbers(A.slice(1, 0, 3, 2))).containsExactly(1, 3, 4, 6);
        assertThat(numbers(A.transpose())).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(numbers(Tensor.concat(0, A.slice(0, 1, 2), B))).containsExactly(4, 5, 6, 3, 2, 1, 4, 9, 0);
        assertThat(numbers(Tensor.stack(2, A, B))).containsExactly(1, 3, 2, 2, 3, 1, 4, 4, 5, 9, 6, 0);
        assertThat(numbers(A.gather(1, Tensor.constant(Arena.ofIntegers(2, 0)))))
                .containsExactly(3, 1, 6, 4);
        assertThat(numbers(A.pad(1, 1, 0))).containsExactly(0, 1, 2, 3, 0, 4, 5, 6);
        assertThat(A.get(1, -1).scalar()).isEqualTo(6);
        assertThat(numbers(A.get(-2))).containsExactly(1, 2, 3);
        assertThat(A.slice(0, 0, 1).dtype()).isEqualTo(DType.INT64);
    }

    @Test
    void largeIntegersKeepTheirDigits() {
        long large = (1L << 62) + 1;
        Tensor t = Tensor.constant(Arena.ofIntegers(0, large, 2));
        assertThat(t.slice(0, 1, 2).value().getLong(0)).isEqualTo(large);
        assertThat(Tensor.concat(0, t, t).value().getLong(4)).isEqualTo(large);
    }

    @Test
    void integersAreComparedAndCast() {
        assertThat(numbers(A.greater(B))).containsExactly(0, 0, 1, 0, 0, 1);
        assertThat(numbers(A.less(B))).containsExactly(1, 0, 0, 0, 1, 0);
        assertThat(numbers(A.equalTo(B))).containsExactly(0, 1, 0, 1, 0, 0);
        assertThat(numbers(Tensor.where(A.greater(B), A, B))).containsExactly(3, 2, 3, 4, 9, 6);
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(3), 1.5, -2, 0.25);
        assertThat(numbers(A.get(0).greater(B.get(0)).cast(DType.FLOAT64).mul(x)))
                .containsExactly(0, -0.0, 0.25);
        assertThat(numbers(x.cast(DType.INT64))).containsExactly(1, -2, 0);
        assertThat(x.cast(DType.FLOAT32).dtype()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void castsPassDerivativesOnBetweenFloatingPointTypesOnly() {
        Tensor x = Tensor.constant(DType.FLOAT64, Shape.of(2), 1.5, -2);
        Tensor f = x.square().cast(DType.FLOAT32).cast(DType.FLOAT64).sum();
        assertThat(numbers(Autodiff.gradient(f, x))).containsExactly(3, -4);
        Tensor whole = x.cast(DType.INT64).cast(DType.FLOAT64).mul(x).sum();
        assertThat(numbers(Autodiff.gradient(whole, x))).containsExactly(1, -2);
    }

    @Test
    void errorsSayWhatToDo() {
        assertThatThrownBy(() -> Tensor.constant(DType.FLOAT64, Shape.of(2), 1, Double.NaN)
                        .cast(DType.INT64)
                        .value())
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("NaN has no whole part that INT64 holds; clip it");
        assertThatThrownBy(() -> Tensor.concat(0, A, A.cast(DType.FLOAT32)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("INT64 [2, 3] and FLOAT32 [2, 3]; convert one with cast");
        assertThatThrownBy(() -> A.get(0, 3)).hasMessageContaining("index 3 is outside of axis 1 of shape [2, 3]");
        assertThatThrownBy(() -> A.get(0, 0, 0)).hasMessageContaining("3 indices for the axes of shape [2, 3]");
        assertThatThrownBy(() -> A.pad(0, -1, 0)).hasMessageContaining("found -1 before and 0 after axis 0");
        assertThatThrownBy(() -> A.slice(0, 0, 2, 0)).hasMessageContaining("the step must be at least 1");
        assertThatThrownBy(() -> Tensor.stack(3, A, B)).hasMessageContaining("axis 3 is none of the 3 places");
        assertThatThrownBy(() -> Tensor.stack(0, A, A.transpose()))
                .hasMessageContaining("all tensors must have one shape, found [2, 3] and [3, 2]");
        assertThatThrownBy(() -> A.gatherAlong(1, A.slice(0, 0, 1)))
                .hasMessageContaining("along axis 1")
                .hasMessageContaining("[2, 3] and [1, 3]");
        assertThatThrownBy(() -> A.gatherAlong(1, A).value())
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("gatherAlong: index 3 at position 2 is outside of 0..2");
    }
}
