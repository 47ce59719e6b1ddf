package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The tail, where (1 + erf) / 2 has no digits left; figures of mpmath 1.3 with 50 digits. */
class NormalDistributionTest {
    @ParameterizedTest
    @CsvSource({
        "-0.5, 0.30853753872598689636",
        "-2, 0.0227501319481792072",
        "-3, 0.0013498980316300945267",
        "-5, 2.8665157187919391167e-7",
        "-8, 6.2209605742717841235e-16",
        "-10, 7.619853024160526066e-24",
        "-20, 2.7536241186062336951e-89",
        "-37, 5.7255712225245768227e-300",
    })
    void hasDigitsInTheLeftTail(double x, double expected) {
        assertThat(run(DType.FLOAT64, x)[0]).isCloseTo(expected, within(4 * Math.ulp(expected)));
        double single = (float) expected;
        assertThat(run(DType.FLOAT32, x)[0]).isCloseTo(single, within(6.0 * Math.ulp((float) single)));
    }

    @Test
    void endsExactly() {
        double[] x = {
            Double.NEGATIVE_INFINITY, -1e30, -39, -0.0, 0, 1e-30, 40, 1e30, Double.POSITIVE_INFINITY, Double.NaN
        };
        double[] expected = {0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1, Double.NaN};
        assertThat(run(DType.FLOAT64, x)).containsExactly(expected);
        assertThat(run(DType.FLOAT32, x)).containsExactly(expected);
    }

    private static double[] run(DType dtype, double... numbers) {
        INDArray x = Arena.create(dtype, Shape.of(numbers.length));
        Elements.of(x).write(0, numbers.length, numbers);
        UnaryKernels.normalDistribution(x, x).run();
        double[] result = new double[numbers.length];
        Elements.of(x).read(0, result.length, result);
        return result;
    }
}
