package dev.ravine.optim.training;

import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import java.util.Arrays;
import java.util.function.ToDoubleBiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The expected calibration error (Guo, Pleiss, Sun and Weinberger, ICML 2017): examples are put into bins by the
 * probability of their predicted class, and the differences between accuracy and mean probability are averaged over the
 * bins, by the weight of their examples.
 *
 * @param bins of equal width; each holds its upper end
 */
record CalibrationFigure(int bins) implements ToDoubleBiFunction<INDArray, DataSet> {
    @Override
    public double applyAsDouble(INDArray outputs, DataSet data) {
        ClassScores scores = ClassScores.of("the calibration error", outputs, data);
        double[][] probabilities = ClassProbabilities.of(outputs);
        double[] gaps = new double[bins];
        for (int i = 0; i < scores.examples(); i++) {
            if (scores.weight(i) == 0) {
                continue;
            }
            int predicted = scores.predicted(i);
            if (predicted == ClassScores.NONE) {
                return Double.NaN;
            }
            double sure = probabilities[i][predicted];
            int bin = Math.max(0, Math.min(bins - 1, (int) Math.ceil(sure * bins) - 1));
            gaps[bin] += scores.weight(i) * ((predicted == scores.label(i) ? 1 : 0) - sure);
        }
        return Arrays.stream(gaps).map(Math::abs).sum() / scores.totalWeight();
    }
}
