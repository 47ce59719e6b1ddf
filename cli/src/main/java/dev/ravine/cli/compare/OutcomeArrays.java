package dev.ravine.cli.compare;

import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import dev.ravine.optim.training.ConfusionMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Outcomes from arrays of outputs. */
final class OutcomeArrays {
    private OutcomeArrays() {}

    static List<Double> list(double[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    static Outcome.Classes classes(INDArray outputs, DataSet data) {
        ClassScores scores = ClassScores.of("the confusion matrix", outputs, data);
        double[] all = Arena.toDoubles(outputs);
        List<Integer> labels = new ArrayList<>();
        List<Integer> predicted = new ArrayList<>();
        List<Double> by = new ArrayList<>();
        for (int i = 0; i < scores.examples(); i++) {
            int label = scores.label(i);
            int said = scores.predicted(i);
            labels.add(label);
            predicted.add(said);
            int row = i * scores.classes();
            by.add(said == ClassScores.NONE ? Double.NaN : all[row + said] - all[row + label]);
        }
        return new Outcome.Classes(ConfusionMatrix.of(outputs, data), labels, predicted, by);
    }
}
