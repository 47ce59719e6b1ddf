package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.Loss;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class MetricTest {
    private static final double NAN = Double.NaN;
    private static final DataSet LABELLED = DataSet.of(array(4, 1, 0, 0, 0, 0), Arena.ofIntegers(0, 1, 2, 1));

    private static INDArray array(int rows, int columns, double... values) {
        return Arena.of(DType.FLOAT64, Shape.of(rows, columns), values);
    }

    private static double of(Metric metric, DataSet data, double... outputs) {
        return metric.figure().applyAsDouble(array(4, 3, outputs), data);
    }

    @Test
    void accuracyTakesTheFirstOfEquals() {
        assertThat(of(Metric.accuracy(), LABELLED, 2, 2, 1, 2, 2, 1, 0, 0, 1, 0, 1, 0))
                .isEqualTo(0.75);
    }

    @Test
    void aRowWithWhatIsNotANumberIsAMiss() {
        double[] outputs = {NAN, 0, 0, 0, 1, NAN, 0, 0, 1, NAN, NAN, NAN};
        assertThat(of(Metric.accuracy(), LABELLED, outputs)).isEqualTo(0.25);
        assertThat(of(Metric.top(3), LABELLED, outputs)).isEqualTo(0.25);
        assertThat(of(Metric.accuracy(), LABELLED.withClassWeights(1, 1, 6), outputs))
                .isEqualTo(6.0 / 9);
    }

    @Test
    void meansAreWeighted() {
        DataSet data = DataSet.of(array(2, 1, 0, 0), array(2, 2, 1, 2, 3, 4)).withWeights(3, 1);
        assertThat(Metric.meanSquaredError().figure().applyAsDouble(array(2, 2, 1, 4, 3, 8), data))
                .isEqualTo((3 * 2 + 8) / 4.0);
        DataSet without = data.withWeights(1, 0);
        assertThat(Metric.meanSquaredError().figure().applyAsDouble(array(2, 2, 1, 4, NAN, 8), without))
                .isEqualTo(2);
    }

    @Test
    void topKCountsTheKLargest() {
        double[] outputs = {1, 2, 3, 1, 2, 3, 1, 2, 3, 3, 1, 2};
        assertThat(of(Metric.top(1), LABELLED, outputs)).isEqualTo(0.25);
        assertThat(of(Metric.top(2), LABELLED, outputs)).isEqualTo(0.5);
        assertThat(of(Metric.top(3), LABELLED, outputs)).isEqualTo(1);
        assertThat(Metric.top(5).name()).isEqualTo("top-5");
    }

    @Test
    void outputsBeyondATolerance() {
        DataSet data = DataSet.of(array(2, 1, 0, 0), array(2, 2, 1, 2, 3, 4));
        Metric beyond = Metric.beyond(0.25);
        assertThat(beyond.figure().applyAsDouble(array(2, 2, 1.25, 1.5, 3, 4.5), data))
                .isEqualTo(0.5);
        assertThat(beyond.figure().applyAsDouble(array(2, 2, 1, NAN, 3, Double.POSITIVE_INFINITY), data))
                .isEqualTo(0.5);
        assertThat(beyond.name()).isEqualTo("off by more than 0.25");
        assertThatThrownBy(() -> Metric.beyond(-1)).hasMessageContaining("the tolerance");
    }

    @Test
    void meanSquaredErrorIsTheMeanOfAll() {
        DataSet data = DataSet.of(array(2, 1, 0, 0), array(2, 2, 1, 2, 3, 4));
        assertThat(Metric.meanSquaredError().figure().applyAsDouble(array(2, 2, 1, 2, 3, 8), data))
                .isEqualTo(4);
    }

    @Test
    void lossOfEqualScoresIsTheLogarithmOfTheirNumber() {
        double loss = of(Metric.loss(Loss.softmaxCrossEntropy()), LABELLED, new double[12]);
        assertThat(loss).isCloseTo(Math.log(3), within(1e-12));
    }

    @Test
    void refusesLabelsThatNoOutputStandsFor() {
        assertThatThrownBy(
                        () -> Metric.accuracy().figure().applyAsDouble(array(4, 2, 0, 0, 0, 0, 0, 0, 0, 0), LABELLED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label of example 2 is 2");
    }

    @Test
    void refusesTargetsThatAreNoLabels() {
        DataSet data = DataSet.of(array(4, 1, 0, 0, 0, 0), array(4, 1, 0, 0, 0, 0));
        assertThatThrownBy(() -> of(Metric.accuracy(), data, new double[12])).hasMessageContaining("needs labels");
        assertThatThrownBy(() -> Metric.top(0)).hasMessageContaining("found 0");
    }
}
