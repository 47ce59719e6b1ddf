package dev.ravine.optim.training;

import dev.ravine.core.Arena;
import dev.ravine.core.data.DataSet;
import dev.ravine.nn.ClassScores;
import java.util.Comparator;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The area under the ROC curve: how often an example of a class has a higher probability of it than an example of
 * another class; equal ones count one half. With more than two classes, it is the mean over those that occur, each
 * against all others. The order of probabilities p is that of ln(p / (1 - p)), which outputs give without rounding p
 * to 1. Examples of weight 0 do not count.
 */
record RankingFigure() implements ToDoubleBiFunction<INDArray, DataSet> {
    @Override
    public double applyAsDouble(INDArray outputs, DataSet data) {
        ClassScores scores = ClassScores.of("the area under the ROC curve", outputs, data);
        int[] counting = IntStream.range(0, scores.examples())
                .filter(i -> scores.weight(i) > 0)
                .toArray();
        double[] all = Arena.toDoubles(outputs);
        double[] ofClass = new double[scores.classes()];
        for (int i : counting) {
            ofClass[scores.label(i)] += scores.weight(i);
        }
        double sum = 0;
        int classes = 0;
        for (int k = scores.classes() == 2 ? 1 : 0; k < scores.classes(); k++) {
            double others = scores.totalWeight() - ofClass[k];
            if (ofClass[k] > 0 && others > 0) {
                sum += area(scores, k, counting, logOdds(all, scores.classes(), k)) / (ofClass[k] * others);
                classes++;
            }
        }
        if (classes == 0) {
            throw new IllegalArgumentException(
                    "the area under the ROC curve needs examples of at least two classes," + " found one");
        }
        return sum / classes;
    }

    /** ln(p / (1 - p)) of each example's probability p of a class. */
    private static double[] logOdds(double[] outputs, int classes, int k) {
        double[] odds = new double[outputs.length / classes];
        for (int i = 0; i < odds.length; i++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < classes; j++) {
                largest = j == k ? largest : Math.max(largest, outputs[i * classes + j]);
            }
            double sum = 0;
            for (int j = 0; j < classes; j++) {
                sum += j == k ? 0 : Math.exp(outputs[i * classes + j] - largest);
            }
            double own = outputs[i * classes + k] - largest;
            odds[i] = Double.isInfinite(largest) ? own : own - Math.log(sum);
        }
        return odds;
    }

    /** The weight of the pairs in the right order, from the lowest probability on. */
    private static double area(ClassScores scores, int k, int[] counting, double... odds) {
        int[] order = IntStream.of(counting)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> odds[i]))
                .mapToInt(i -> i)
                .toArray();
        double area = 0;
        double below = 0;
        int from = 0;
        while (from < order.length) {
            double level = odds[order[from]];
            if (Double.isNaN(level)) {
                return Double.NaN;
            }
            double own = 0;
            double others = 0;
            for (; from < order.length && odds[order[from]] == level; from++) {
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
