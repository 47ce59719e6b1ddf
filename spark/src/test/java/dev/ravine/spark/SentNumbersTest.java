package dev.ravine.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class SentNumbersTest {
    private static final double[] NUMBERS = {
        0.0, -0.0, Math.PI, Float.MIN_VALUE, -Float.MAX_VALUE, Double.POSITIVE_INFINITY, Double.NaN
    };

    private static Elements vector(DType dtype, double... numbers) {
        return Elements.of(Arena.of(dtype, Shape.of(numbers.length), numbers));
    }

    private static void requireSameBits(Elements found, Elements expected) {
        assertThat(found.dtype()).isEqualTo(expected.dtype());
        assertThat(found.size()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(Double.doubleToRawLongBits(found.get(i)))
                    .as("number %d", i)
                    .isEqualTo(Double.doubleToRawLongBits(expected.get(i)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void bringsEveryBit(DType dtype) {
        Elements numbers = vector(dtype, NUMBERS);
        SentNumbers sent = SentNumbers.of(numbers);
        assertThat(sent.count()).isEqualTo(NUMBERS.length);
        requireSameBits(sent.elements(), numbers);
        INDArray to = Arena.create(dtype, Shape.of(NUMBERS.length));
        sent.write(0, NUMBERS.length, Elements.of(to));
        requireSameBits(Elements.of(to), numbers);
        assertThat(sent.hasBitsOf(SentNumbers.of(numbers))).isTrue();
        assertThat(SentNumbers.of(vector(dtype, 0)).hasBitsOf(SentNumbers.of(vector(dtype, -0.0))))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void holdsVectorsOneAfterTheOther(DType dtype) {
        SentNumbers sent = SentNumbers.joined(List.of(vector(dtype, 1, 2), vector(dtype, 3, 4, 5)));
        requireSameBits(sent.elements(), vector(dtype, 1, 2, 3, 4, 5));
        INDArray to = Arena.create(dtype, Shape.of(3));
        sent.write(2, 3, Elements.of(to));
        requireSameBits(Elements.of(to), vector(dtype, 3, 4, 5));
    }

    /** 2^24 + 1 has no place in single precision: its sum rounds to even. */
    @Test
    void addsInItsOwnPrecision() {
        SentNumbers floats = SentNumbers.of(vector(DType.FLOAT32, 1 << 24, -0.0));
        floats.add(SentNumbers.of(vector(DType.FLOAT32, 1, -0.0)));
        requireSameBits(floats.elements(), vector(DType.FLOAT32, 1 << 24, -0.0));
        SentNumbers doubles = SentNumbers.of(vector(DType.FLOAT64, 1 << 24));
        doubles.add(SentNumbers.of(vector(DType.FLOAT64, 1)));
        requireSameBits(doubles.elements(), vector(DType.FLOAT64, (1 << 24) + 1));
    }

    @Test
    void refusesOtherTypesAndSizes() {
        SentNumbers floats = SentNumbers.of(vector(DType.FLOAT32, 1, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> floats.add(SentNumbers.of(vector(DType.FLOAT64, 1, 2))))
                .withMessageContaining("2 numbers of FLOAT64")
                .withMessageContaining("2 numbers of FLOAT32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> floats.add(SentNumbers.of(vector(DType.FLOAT32, 1))))
                .withMessageContaining("1 numbers of FLOAT32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> floats.write(0, 2, vector(DType.FLOAT64, 0, 0)))
                .withMessageContaining("do not fit to memory of FLOAT64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SentNumbers.of(vector(DType.INT64, 1)))
                .withMessageContaining("must be floating-point, found INT64");
    }
}
