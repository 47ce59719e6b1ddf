package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ClassScoresTest {
    private static INDArray array(long rows, long columns, double... values) {
        return Arena.of(DType.FLOAT64, Shape.of(rows, columns), values);
    }

    private static DataSet labelled(long... labels) {
        return DataSet.of(array(labels.length, 1, new double[labels.length]), Arena.ofIntegers(labels));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 2, 3, 2",
        "3, 2, 1, 0",
        "2, 2, 1, 0",
        "1, 2, 2, 1",
        "0, -0.0, 0, 0",
        "-Infinity, -Infinity, -Infinity, 0",
        "-Infinity, Infinity, Infinity, 1",
        "NaN, NaN, NaN, -1",
        "NaN, 1, 0, -1",
        "5, NaN, 0, -1",
        "1, 0, NaN, -1",
        "Infinity, NaN, 0, -1"
    })
    void theClassOfARow(double a, double b, double c, int expected) {
        ClassScores scores = ClassScores.of("accuracy", array(1, 3, a, b, c), labelled(2));
        assertThat(scores.predicted(0)).isEqualTo(expected);
        assertThat(scores.weightWithin(1)).isEqualTo(expected == 2 ? 1 : 0);
        assertThat(scores.weightWithin(3)).isEqualTo(expected == ClassScores.NONE ? 0 : 1);
    }

    @Test
    void examplesCountByTheirWeights() {
        DataSet data = labelled(0, 1, 1, 0).withWeights(3, 0.5, 0, 1);
        ClassScores scores = ClassScores.of("accuracy", array(4, 2, 1, 0, 0, 1, 1, 0, 0, 1), data);
        assertThat(scores.weightWithin(1)).isEqualTo(3.5);
        assertThat(scores.totalWeight()).isEqualTo(4.5);
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> ClassScores.of("accuracy", array(2, 3, new double[6]), labelled(0)))
                .hasMessageContaining("accuracy needs outputs of shape [1, classes], found [2, 3]");
        INDArray deep = Arena.of(DType.FLOAT64, Shape.of(1, 2, 2), 1, 2, 3, 4);
        assertThatThrownBy(() -> ClassScores.of("accuracy", deep, labelled(0)))
                .hasMessageContaining("[examples, classes]")
                .hasMessageContaining("[1, 2, 2]");
        assertThatThrownBy(() -> ClassScores.of("accuracy", array(1, 2, 0, 1), labelled(2))
                        .weightWithin(1))
                .hasMessageContaining("label of example 0 is 2, expected 0 to 1");
    }
}
