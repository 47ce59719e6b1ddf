package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class StandardizeTest {
    private static INDArray rows(int width, double... values) {
        return Arena.of(DType.FLOAT64, Shape.of(values.length / width, width), values);
    }

    /** NumPy: {@code x.mean(0)} and {@code x.std(0)}. */
    @Test
    void meansAndDeviationsAreThoseOfNumPy() {
        Standardize scale = Standardize.fit(rows(2, 1, 200, 2, 100, 4, 400, 7, 300));
        assertThat(new double[] {scale.mean(0), scale.mean(1)}).containsExactly(3.5, 250);
        assertThat(scale.deviation(0)).isCloseTo(2.29128785, within(1e-8));
        assertThat(scale.deviation(1)).isCloseTo(111.80339887, within(1e-8));
        assertThat(scale)
                .hasToString("Standardize[2 columns; 0: mean 3.50000, deviation 2.29129;"
                        + " 1: mean 250.000, deviation 111.803]");
        assertThat(Arena.toDoubles(scale.apply(rows(2, 3.5, 361.8033988749895))))
                .containsExactly(new double[] {0, 1}, within(1e-15));
        assertThat(Arena.toDoubles(scale.invert(rows(2, 0, 1))))
                .containsExactly(new double[] {3.5, 361.8033988749895}, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1060, -600, -300, 0, 300, 600, 1020})
    void savedNumbersScaleAndInvertInTheSameWay(int exponent) {
        double unit = Math.scalb(1.0, exponent);
        INDArray data = rows(1, 3 * unit, -unit, 4 * unit, 1.5 * unit);
        Standardize scale = Standardize.ofArrays(Standardize.fit(data).arrays());
        double deviation = Math.sqrt((1.265625 + 8.265625 + 4.515625 + 0.140625) / 4);
        double[] scaled = Arena.toDoubles(scale.apply(data));
        assertThat(scaled[1]).isCloseTo(-2.875 / deviation, within(1e-15));
        double[] back = Arena.toDoubles(scale.invert(scale.apply(data)));
        assertThat(back[1] / unit).isCloseTo(-1, within(1e-14));
        assertThat(back[2] / unit).isCloseTo(4, within(1e-14));
    }

    /** A test part may have a 1 where all rows to train on have 0. */
    @Test
    void aConstantColumnKeepsItsUnit() {
        Standardize scale = Standardize.fit(rows(1, 0, 0, 0));
        assertThat(Arena.toDoubles(scale.apply(rows(1, 0, 1)))).containsExactly(0, 1);
        assertThat(Arena.toDoubles(scale.invert(rows(1, 2)))).containsExactly(2);
        for (double constant : new double[] {1e-310, 1e-200, 0.1, 1e200, 1e300}) {
            Standardize extreme = Standardize.fit(rows(1, constant, constant, constant));
            assertThat(extreme.deviation(0)).isEqualTo(1);
            assertThat(Arena.toDoubles(extreme.apply(rows(1, constant, constant + 1))))
                    .containsExactly(0, (constant + 1) - constant);
        }
    }

    @Test
    void targetsKeepTheirWeights() {
        DataSet data = DataSet.of(rows(1, 1, 2), rows(1, 10, 30)).withWeights(1, 5);
        DataSet scaled = Standardize.fit(data.targets()).targets(data);
        assertThat(Arena.toDoubles(scaled.targets())).containsExactly(-1, 1);
        assertThat(scaled.weight(1)).isEqualTo(5);
    }

    @Test
    void whatCannotBeScaledIsRefused() {
        assertThatThrownBy(() -> Standardize.fit(rows(2, 1, 2, 3, Double.NaN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("standardize: row 1, column 1: expected a finite number, found NaN");
        assertThatThrownBy(() -> Standardize.fit(Arena.ofIntegers(1, 2))).isInstanceOf(ShapeException.class);
        Standardize scale = Standardize.of(new double[] {1, 2}, 3, 4);
        assertThatThrownBy(() -> scale.apply(rows(3, 1, 2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("rows of 2 numbers, found FLOAT64 [1, 3]");
        assertThatThrownBy(() -> Standardize.of(new double[] {1}, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Standardize.ofArrays(Map.of())).hasMessageContaining("expected an array 'exponent'");
        Standardize small = Standardize.of(new double[] {0}, 1e-10);
        INDArray large = Arena.of(DType.FLOAT32, Shape.of(1, 1), 1e30);
        assertThatThrownBy(() -> small.apply(large)).isInstanceOf(IllegalArgumentException.class);
    }
}
