package dev.ravine.cli.compare;

import dev.ravine.cli.problem.Task;
import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import dev.ravine.nn.Predictor;
import dev.ravine.optim.training.ConfusionMatrix;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a trained net says of the examples that it was not trained on, beside what is true. */
public sealed interface Outcome {
    /** More examples than this are not looked at, since a page shows no more. */
    int MOST = 20_000;

    /**
     * Classes.
     *
     * @param matrix how many of each class were taken for each
     * @param labels the true ones
     * @param predicted the net's; {@link ClassScores#NONE} where it has none
     * @param scores how much larger the score of the predicted class was than that of the true one
     */
    record Classes(ConfusionMatrix matrix, List<Integer> labels, List<Integer> predicted, List<Double> scores)
            implements Outcome {}

    /**
     * Numbers, one for each example.
     *
     * @param targets the true ones
     * @param predicted the net's
     */
    record Numbers(List<Double> targets, List<Double> predicted) implements Outcome {}

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
                        ? Optional.of(new Numbers(
                                OutcomeArrays.list(Arena.toDoubles(data.targets())),
                                OutcomeArrays.list(Arena.toDoubles(outputs))))
                        : Optional.empty();
            }
            return outputs.rank() == 2 ? Optional.of(OutcomeArrays.classes(outputs, data)) : Optional.empty();
        }
    }
}
