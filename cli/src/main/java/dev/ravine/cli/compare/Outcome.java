package dev.ravine.cli.compare;

import dev.ravine.nn.ClassScores;
import dev.ravine.optim.training.ConfusionMatrix;
import java.util.List;

/** What a trained net says of the examples that it was not trained on, beside what is true. */
public sealed interface Outcome {
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
}
