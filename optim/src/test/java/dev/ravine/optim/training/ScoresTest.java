package dev.ravine.optim.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Metrics by scikit-learn's definitions. Small figures are from its documentation; the others were computed from the
 * definitions with NumPy, pair by pair and bin by bin.
 */
class ScoresTest {
    private static final double[] WEIGHTS = {1, 2, 1, 1, 0.5, 3, 1, 1, 1, 2, 1, 0};
    private static final DataSet LABELLED =
            DataSet.of(array(12, 1, new double[12]), Arena.ofIntegers(0, 1, 2, 1, 0, 2, 2, 1, 0, 1, 1, 0));
    private static final DataSet WEIGHTED = LABELLED.withWeights(WEIGHTS);
    private static final INDArray SCORES = array(
            12, 3, 2.7, 0.7, 0.1, -2.8, -0.4, -0.5, -0.1, -0.9, -0.1, 0.5, 0.5, 0.1, 1.3, 2.6, 0.1, -0.6, -0.8, -2.3,
            1.5, -1.7, -1.8, -0.3, 2.2, 0.4, -1.5, -1.1, 0.9, -0.2, -1.2, -0.3, 1.1, 3.0, -1.9, -0.9, -1.2, -3.6);

    private static INDArray array(int rows, int columns, double... values) {
        return Arena.of(DType.FLOAT64, Shape.of(rows, columns), values);
    }

    private static void assertFigures(Metric metric, double plain, double weighted) {
        assertThat(metric.figure().applyAsDouble(SCORES, LABELLED)).isCloseTo(plain, within(1e-15));
        assertThat(metric.figure().applyAsDouble(SCORES, WEIGHTED)).isCloseTo(weighted, within(1e-15));
    }

    private static double regression(Metric metric, double[] targets, double... outputs) {
        int n = targets.length;
        return metric.figure()
                .applyAsDouble(array(n, 1, outputs), DataSet.of(array(n, 1, targets), array(n, 1, targets)));
    }

    @Test
    void f1IsThatOfScikitLearn() {
        assertFigures(Metric.macroF1(), 0.3434343434343434, 0.2898550724637681);
        assertFigures(Metric.weightedF1(), 0.39898989898989895, 0.3658170914542729);
        DataSet documented = DataSet.of(array(6, 1, new double[6]), Arena.ofIntegers(0, 1, 2, 0, 1, 2));
        INDArray outputs = array(6, 3, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0);
        ConfusionMatrix matrix = ConfusionMatrix.of(outputs, documented);
        assertThat(new double[] {matrix.f1(0), matrix.f1(1), matrix.f1(2)})
                .containsExactly(new double[] {0.8, 0, 0}, within(1e-15));
        assertThat(matrix.macroF1()).isCloseTo(0.8 / 3, within(1e-15));
        assertThat(matrix.weightedF1()).isCloseTo(0.8 / 3, within(1e-15));
    }

    /** A class with neither labels nor predictions is not among the labels of scikit-learn. */
    @Test
    void classesThatDoNotOccurAreLeftOut() {
        DataSet two = DataSet.withClasses(array(2, 1, 0, 0), Arena.ofIntegers(0, 1), 3);
        ConfusionMatrix matrix = ConfusionMatrix.of(array(2, 3, 1, 0, 0, 1, 0, 0), two);
        assertThat(matrix.macroF1()).isCloseTo(1.0 / 3, within(1e-15));
        assertThat(matrix.f1(2)).isNaN();
    }

    @Test
    void theAreaUnderTheCurveIsThatOfScikitLearn() {
        assertFigures(Metric.areaUnderCurve(), 0.6032076719576719, 0.5306599832915623);
        DataSet documented = DataSet.of(array(4, 1, new double[4]), Arena.ofIntegers(0, 0, 1, 1));
        INDArray outputs = array(4, 2, 0, 0.1, 0, 0.4, 0, 0.35, 0, 0.8);
        assertThat(Metric.areaUnderCurve().figure().applyAsDouble(outputs, documented))
                .isEqualTo(0.75);
        INDArray broken = array(4, 2, 0, 0.1, 0, Double.NaN, 0, 0.35, 0, 0.8);
        assertThat(Metric.areaUnderCurve().figure().applyAsDouble(broken, documented))
                .isNaN();
        DataSet one = DataSet.withClasses(array(1, 1, 0), Arena.ofIntegers(1), 2);
        assertThatThrownBy(() -> Metric.areaUnderCurve().figure().applyAsDouble(array(1, 2, 0, 1), one))
                .hasMessageContaining("at least two classes");
    }

    @Test
    void theCalibrationErrorIsThatOfItsPaper() {
        assertFigures(Metric.calibrationError(5), 0.2292574288752754, 0.25995172367023667);
        assertThatThrownBy(() -> Metric.calibrationError(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void figuresOfRegressionAreThoseOfScikitLearn() {
        double[] documented = {3, -0.5, 2, 7};
        assertThat(regression(Metric.meanAbsoluteError(), documented, 2.5, 0, 2, 8))
                .isEqualTo(0.5);
        assertThat(regression(Metric.determination(), documented, 2.5, 0, 2, 8))
                .isCloseTo(0.9486081370449679, within(1e-15));
        double[] line = {1, 2, 3};
        assertThat(regression(Metric.determination(), line, 1, 2, 3)).isEqualTo(1);
        assertThat(regression(Metric.determination(), line, 2, 2, 2)).isEqualTo(0);
        assertThat(regression(Metric.determination(), line, 3, 2, 1)).isEqualTo(-3);
        double[] constant = {-2, -2, -2};
        assertThat(regression(Metric.determination(), constant, -2, -2, -2)).isEqualTo(1);
        assertThat(regression(Metric.determination(), constant, -2, -2, -2 + 1e-8))
                .isEqualTo(0);
    }

    @Test
    void severalTargetsAreAveraged() {
        DataSet data = DataSet.of(array(4, 1, 0, 0, 0, 0), array(4, 2, 3, -0.5, -0.5, 2, 2, 7, 7, 8));
        INDArray outputs = array(4, 2, 2.5, 0, 0, 2.5, 2, 8, 8, 7);
        DataSet weighted = data.withWeights(1, 2, 0.5, 1);
        assertThat(Metric.determination().figure().applyAsDouble(outputs, data))
                .isCloseTo(0.9488911079125729, within(1e-15));
        assertThat(Metric.determination().figure().applyAsDouble(outputs, weighted))
                .isCloseTo(0.9530766126215626, within(1e-15));
        assertThat(Metric.meanAbsoluteError().figure().applyAsDouble(outputs, data))
                .isEqualTo(0.625);
        assertThat(Metric.meanAbsoluteError().figure().applyAsDouble(outputs, weighted))
                .isCloseTo(0.6111111111111112, within(1e-15));
        assertThatThrownBy(() -> Metric.determination().figure().applyAsDouble(array(4, 1, 1, 2, 3, 4), data))
                .hasMessage(
                        "determination needs outputs of the shape of numeric targets, found outputs [4, 1] and targets"
                                + " [4, 2]");
    }

    @Test
    void aMatrixShowsItsClassNames() {
        ConfusionMatrix matrix = ConfusionMatrix.of(SCORES, LABELLED).named(List.of("oak", "elm", "Norway maple"));
        assertThat(matrix.toString()).isEqualTo("""
                               label     oak     elm Norway   recall
                                 oak       2       1       1   0.500
                                 elm       2       3       0   0.600
                        Norway maple       3       0       0   0.000
                           precision   0.286   0.750   0.000
                        accuracy 0.4167""");
        assertThatThrownBy(() -> matrix.named(List.of("a"))).isInstanceOf(IllegalArgumentException.class);
    }

    /** Where softmax rounds to 1, in either precision, the order is that of the outputs. */
    @Test
    void theAreaKnowsTheOrderOfSureOutputs() {
        DataSet data = DataSet.of(array(4, 1, new double[4]), Arena.ofIntegers(0, 1, 0, 1));
        double[] sure = {0, 40, 0, 60, 0, 50, 0, 70};
        assertThat(Metric.areaUnderCurve().figure().applyAsDouble(array(4, 2, sure), data))
                .isEqualTo(0.75 + 0.25);
        double[] infinite = {0, 40, 0, 60, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 70};
        assertThat(Metric.areaUnderCurve().figure().applyAsDouble(array(4, 2, infinite), data))
                .isEqualTo(0.625);
        DataSet three = DataSet.of(array(4, 1, new double[4]), Arena.ofIntegers(0, 0, 1, 2));
        INDArray single = Arena.of(DType.FLOAT32, Shape.of(4, 3), 90, 0, 0, 50, 0, 0, 40, 0, 0, 30, 0, 0);
        assertThat(Metric.areaUnderCurve().figure().applyAsDouble(single, three))
                .isEqualTo((1 + 2 / 3.0 + 1) / 3);
    }

    @Test
    void whatDoesNotCountChangesNoFigure() {
        DataSet labelled = DataSet.of(array(4, 1, new double[4]), Arena.ofIntegers(0, 1, 1, 0));
        DataSet weighted = labelled.withWeights(1, 2, 1, 0);
        INDArray broken = array(4, 2, 2, 1, 0, 1, 3, 1, Double.NaN, 0);
        INDArray whole = array(4, 2, 2, 1, 0, 1, 3, 1, 7, 7);
        for (Metric metric : List.of(Metric.areaUnderCurve(), Metric.calibrationError(4), Metric.macroF1())) {
            assertThat(metric.figure().applyAsDouble(broken, weighted))
                    .as(metric.name())
                    .isFinite()
                    .isEqualTo(metric.figure().applyAsDouble(whole, weighted));
        }
        DataSet numbers = DataSet.of(array(3, 1, 1, 2, 3), array(3, 1, 1, 2, 3)).withWeights(1, 1, 0);
        INDArray outputs = array(3, 1, 1, 3, Double.NaN);
        assertThat(Metric.determination().figure().applyAsDouble(outputs, numbers))
                .isEqualTo(-1);
        assertThat(Metric.meanAbsoluteError().figure().applyAsDouble(outputs, numbers))
                .isEqualTo(0.5);
    }

    /** The mean of 48 times 0.1 is 0.1000000000000001 if their sum is divided, and squares of 1e200 overflow. */
    @Test
    void determinationDoesNotTakeRoundingForVariation() {
        double[] constant = new double[48];
        double[] off = new double[48];
        Arrays.fill(constant, 0.1);
        Arrays.fill(off, 0.2);
        assertThat(regression(Metric.determination(), constant, off)).isEqualTo(0);
        assertThat(regression(Metric.determination(), constant, constant)).isEqualTo(1);
        assertThat(regression(Metric.determination(), new double[] {1e200, 2e200, 3e200}, 3e200, 2e200, 1e200))
                .isEqualTo(-3);
        assertThat(regression(Metric.determination(), new double[] {1e-200, 2e-200, 3e-200}, 3e-200, 2e-200, 1e-200))
                .isCloseTo(-3, within(1e-14));
    }

    @Test
    void wrongArgumentsAreNamed() {
        DataSet labelled = DataSet.of(array(2, 1, 0, 0), Arena.ofIntegers(0, 1));
        assertThatThrownBy(() -> Metric.beyond(0.1).figure().applyAsDouble(array(2, 2, 1, 2, 3, 4), labelled))
                .hasMessage("a fraction of outputs that are off needs outputs of the shape of numeric targets, found"
                        + " outputs [2, 2] and labels [2]");
        ConfusionMatrix matrix = ConfusionMatrix.of(array(2, 2, 1, 2, 3, 4), labelled);
        assertThatThrownBy(() -> matrix.recall(2))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("of 2 classes has no class 2; expected 0 to 1");
        assertThatThrownBy(() -> matrix.count(-1, 0)).hasMessageContaining("no class -1");
    }
}
