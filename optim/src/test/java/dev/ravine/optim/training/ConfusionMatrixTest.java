package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class ConfusionMatrixTest {
    private static final DataSet DATA = DataSet.of(array(5, 1, 0, 0, 0, 0, 0), Arena.ofIntegers(0, 0, 1, 2, 2));

    private static INDArray array(int rows, int columns, double... values) {
        return Arena.of(DType.FLOAT64, Shape.of(rows, columns), values);
    }

    /** Taken for 0, 1, 1 (of equals the first), 2, and none (not all are numbers). */
    private static ConfusionMatrix matrix() {
        double nan = Double.NaN;
        INDArray outputs = array(5, 3, 3, 2, 1, 0, 1, 1, 0, 2, 2, -3, -2, -1, 7, nan, 0);
        return ConfusionMatrix.of(outputs, DATA);
    }

    @Test
    void counts() {
        ConfusionMatrix matrix = matrix();
        assertThat(matrix.classes()).isEqualTo(3);
        assertThat(matrix.count(0, 0)).isEqualTo(1);
        assertThat(matrix.count(0, 1)).isEqualTo(1);
        assertThat(matrix.count(1, 1)).isEqualTo(1);
        assertThat(matrix.count(2, 2)).isEqualTo(1);
        assertThat(matrix.count(2, 0)).isZero();
        assertThat(matrix.countWithoutClass(2)).isEqualTo(1);
        assertThat(matrix.countWithoutClass(0)).isZero();
        assertThat(matrix.accuracy()).isEqualTo(0.6);
    }

    @Test
    void ratesOfClasses() {
        ConfusionMatrix matrix = matrix();
        assertThat(matrix.recall(0)).isEqualTo(0.5);
        assertThat(matrix.recall(1)).isEqualTo(1);
        assertThat(matrix.recall(2)).isEqualTo(0.5);
        assertThat(matrix.precision(0)).isEqualTo(1);
        assertThat(matrix.precision(2)).isEqualTo(1);
    }

    @Test
    void ratesAreWeighted() {
        INDArray outputs = array(5, 3, 3, 2, 1, 0, 1, 1, 0, 2, 2, -3, -2, -1, 7, 1, 0);
        ConfusionMatrix matrix = ConfusionMatrix.of(outputs, DATA.withWeights(3, 1, 2, 0, 2));
        assertThat(matrix.accuracy()).isEqualTo(5.0 / 8);
        assertThat(matrix.recall(0)).isEqualTo(0.75);
        assertThat(matrix.precision(0)).isEqualTo(0.6);
        assertThat(matrix.recall(2)).isZero();
        assertThat(matrix.count(2, 2)).isEqualTo(1);
    }

    @Test
    void withoutMissingClassesThereIsNoColumnForThem() {
        INDArray outputs = array(5, 3, 3, 2, 1, 0, 1, 1, 0, 2, 2, -3, -2, -1, 7, 1, 0);
        assertThat(ConfusionMatrix.of(outputs, DATA).toString()).doesNotContain("none");
    }

    @Test
    void aClassThatNothingIsTakenForHasNoPrecision() {
        ConfusionMatrix matrix = ConfusionMatrix.of(array(5, 3, new double[15]), DATA);
        assertThat(matrix.precision(1)).isNaN();
        assertThat(matrix.recall(0)).isEqualTo(1);
    }

    @Test
    void isATable() {
        assertThat(matrix().toString().lines())
                .containsExactly(
                        "    label       0       1       2    none  recall",
                        "        0       1       1       0       0   0.500",
                        "        1       0       1       0       0   1.000",
                        "        2       0       0       1       1   0.500",
                        "precision   1.000   0.500   1.000",
                        "accuracy 0.6000");
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> ConfusionMatrix.of(array(5, 2, new double[10]), DATA))
                .hasMessageContaining("label of example 3 is 2");
        assertThatThrownBy(() -> ConfusionMatrix.of(array(4, 3, new double[12]), DATA))
                .hasMessageContaining("[4, 3]");
    }
}
