package dev.ravine.optim.training;

import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.ToDoubleBiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The area under the ROC curve: how often an example of a class has a higher probability of it than an example of
 * another class; equal ones count one half. With more than two classes, it is the mean over those that occur, each
 * against all others.
 */
record RankingFigure() implements ToDoubleBiFunction<INDArray, DataSet> {
    @Override
    public double applyAsDouble(INDArray outputs, DataSet data) {
        ClassScores scores = ClassScores.of("the area under the ROC curve", outputs, data);
        double[][] probabilities = ClassProbabilities.of(outputs);
        double[] ofClass = new double[scores.classes()];
        for (int i = 0; i < scores.examples(); i++) {
            ofClass[scores.label(i)] += scores.weight(i);
        }
        double sum = 0;
        int classes = 0;
        for (int k = scores.classes() == 2 ? 1 : 0; k < scores.classes(); k++) {
            double others = scores.totalWeight() - ofClass[k];
            if (ofClass[k] > 0 && others > 0) {
                sum += area(scores, k, probabilities) / (ofClass[k] * others);
                classes++;
            }
        }
        if (classes == 0) {
            throw new IllegalArgumentException(
                    "the area under the ROC curve needs examples of at least two classes," + " found one");
        }
        return sum / classes;
    }

    /** The weight of the pairs in the right order, from the lowest probability on. */
    private static double area(ClassScores scores, int k, double[]... probabilities) {
        Integer[] order = new Integer[scores.examples()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> probabilities[i][k]));
        double area = 0;
        double below = 0;
        int from = 0;
        while (from < order.length) {
            double level = probabilities[order[from]][k];
            if (Double.isNaN(level)) {
                return Double.NaN;
            }
            double own = 0;
            double others = 0;
            for (; from < order.length && probabilities[order[from]][k] == level; from++) {
                boolean isOwn = scores.label(order[from]) == k;
                own += isOwn ? scores.weight(order[from]) : 0;
                others += isOwn ? 0 : scores.weight(order[from]);
            }
            area += own * (below + others / 2);
            below += others;
        }
        return area;
    }
}
