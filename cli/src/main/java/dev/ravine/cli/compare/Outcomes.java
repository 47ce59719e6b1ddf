package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.training.ConfusionMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What trained nets say of test data. */
final class Outcomes {
    /** More examples than this are not looked at, since a page shows no more. */
    private static final int MOST = 20_000;

    private Outcomes() {}

    /**
     * {@return what the net of a task says as it stands; empty if there are no test data, or answers of another kind}
     *
     * @param task whose net is trained
     */
    static Optional<Outcome> of(Task task) {
        if (task.test().isEmpty() || task.set().test().size() > MOST) {
            return Optional.empty();
        }
        DataSet data = task.set().test();
        boolean isNumber = !data.hasLabels() && data.targetShape().count() == 1;
        if (!data.hasLabels() && !isNumber) {
            return Optional.empty();
        }
        try (Predictor predictor = new Predictor(task.net())) {
            INDArray outputs = predictor.outputs(data);
            if (isNumber) {
                return outputs.length() == data.size()
                        ? Optional.of(new Outcome.Numbers(
                                list(task.inUnitsOfData(data.targets())), list(task.inUnitsOfData(outputs))))
                        : Optional.empty();
            }
            return outputs.rank() == 2 ? Optional.of(classes(outputs, data)) : Optional.empty();
        }
    }

    private static List<Double> list(double[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    private static Outcome.Classes classes(INDArray outputs, DataSet data) {
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
