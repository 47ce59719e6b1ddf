package dev.ravine.cli.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.TrainTest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardizedTest {
    private static DataSet column(DType dtype, double... values) {
        return DataSet.of(
                Arena.of(dtype, Shape.of(values.length, 1), values),
                Arena.of(dtype, Shape.of(values.length, 1), values));
    }

    private static double[] features(DataSet data) {
        return Arena.toDoubles(data.features());
    }

    /** Forty-eight times 0.1 have the sum 4.799999999999998 and so, by a plain sum, another mean than 0.1. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 1.0 / 3, -7.7e22, 1e308, 3e-320, 0})
    void aConstantColumnBecomesZero(double value) {
        for (int n : new int[] {1, 3, 10, 48, 49, 1000}) {
            double[] column = new double[n];
            Arrays.fill(column, value);
            TrainTest set = new TrainTest(column(DType.FLOAT64, column), column(DType.FLOAT64, value, value));
            assertThat(features(Standardized.features(set).train())).containsOnly(0);
            assertThat(features(Standardized.features(set).test())).containsOnly(0);
            Standardize scale = Standardize.fit(set.train().targets());
            assertThat(Arena.toDoubles(Standardized.targets(set, scale).train().targets()))
                    .containsOnly(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1060, -1000, -600, 0, 500, 600, 1000, 1021})
    void scaleDoesNotMatter(int exponent) {
        double[] column = Arrays.stream(new double[] {3, -1, 4, 1.5})
                .map(v -> Math.scalb(v, exponent))
                .toArray();
        double deviation = Math.sqrt((1.265625 + 8.265625 + 4.515625 + 0.140625) / 4);
        double[] expected = {1.125 / deviation, -2.875 / deviation, 2.125 / deviation, -0.375 / deviation};
        DataSet data = column(DType.FLOAT64, column);
        assertThat(features(Standardized.features(new TrainTest(data, data)).train()))
                .containsExactly(expected, within(1e-15));
    }

    /** The only example of the last class is in one part; the net still needs an output for it. */
    @Test
    void partsKeepTheClassesOfTheWhole() {
        DataSet all = DataSet.of(Arena.of(DType.FLOAT64, Shape.of(4, 1), 1, 2, 3, 4), Arena.ofIntegers(0, 1, 2, 0))
                .withWeights(1, 2, 3, 4);
        TrainTest set = Standardized.features(new TrainTest(all.range(0, 2), all.range(2, 4)));
        assertThat(set.train().classes()).isEqualTo(3);
        assertThat(set.test().classes()).isEqualTo(3);
        assertThat(set.test().weight(1)).isEqualTo(4);
        TrainTest swapped = Standardized.features(new TrainTest(all.range(2, 4), all.range(0, 2)));
        assertThat(swapped.test().classes()).isEqualTo(3);
    }

    /** The mean is 1.36e308, and the smallest number is 3.06e308 below it, which no double holds. */
    @Test
    void differencesBeyondTheLargestNumberAreMeasured() {
        double[] column = new double[10];
        Arrays.fill(column, 1.7e308);
        column[4] = -1.7e308;
        DataSet data = column(DType.FLOAT64, column);
        double[] expected = new double[10];
        Arrays.fill(expected, 1.0 / 3);
        expected[4] = -3;
        assertThat(features(Standardized.features(new TrainTest(data, data)).train()))
                .containsExactly(expected, within(1e-15));
    }

    @Test
    void testDataAreTreatedAsTrainingData() {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            TrainTest set = new TrainTest(column(dtype, 1, 3), column(dtype, 2, 5, -1));
            assertThat(features(Standardized.features(set).train())).containsExactly(-1, 1);
            assertThat(features(Standardized.features(set).test())).containsExactly(0, 3, -3);
        }
    }
}
