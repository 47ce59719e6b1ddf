package dev.ravine.optim.training;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Figures of numbers beside their targets. Examples count by their weights. */
enum RegressionFigures implements ToDoubleBiFunction<INDArray, DataSet> {
    /** The mean over targets of 1 - sum w (y - z)^2 / sum w (y - mean y)^2. */
    DETERMINATION {
        @Override
        double of(Pairs pairs) {
            double sum = 0;
            for (int j = 0; j < pairs.width; j++) {
                sum += determination(pairs, j);
            }
            return sum / pairs.width;
        }
    },

    /** The mean of |y - z|. */
    ABSOLUTE_ERROR {
        @Override
        double of(Pairs pairs) {
            double sum = 0;
            for (int i : pairs.rows) {
                for (int j = 0; j < pairs.width; j++) {
                    sum += pairs.weight(i) * Math.abs(pairs.target(i, j) - pairs.output(i, j));
                }
            }
            return sum / (pairs.weights * pairs.width);
        }
    };

    abstract double of(Pairs pairs);

    /** The mean is taken from the first target on, and squares by the largest number, so that none is rounding alone. */
    private static double determination(Pairs pairs, int j) {
        if (pairs.rows.length == 0) {
            return Double.NaN;
        }
        double first = pairs.target(pairs.rows[0], j);
        double mean = 0;
        for (int i : pairs.rows) {
            mean += pairs.weight(i) / pairs.weights * (pairs.target(i, j) - first);
        }
        mean += first;
        double unit = 0;
        for (int i : pairs.rows) {
            unit = Math.max(unit, Math.abs(pairs.target(i, j) - mean));
        }
        double left = 0;
        double all = 0;
        for (int i : pairs.rows) {
            double error = pairs.target(i, j) - pairs.output(i, j);
            left += pairs.weight(i) * (unit == 0 ? Math.abs(error) : Math.pow(error / unit, 2));
            all += unit == 0 ? 0 : pairs.weight(i) * Math.pow((pairs.target(i, j) - mean) / unit, 2);
        }
        return all > 0 ? 1 - left / all : left == 0 ? 1 : Double.isNaN(left) ? left : 0;
    }

    @Override
    public double applyAsDouble(INDArray outputs, DataSet data) {
        requireNumbers(name().toLowerCase(Locale.ROOT).replace('_', ' '), outputs, data);
        return of(new Pairs(outputs, data));
    }

    /** Refuses outputs that do not have the shape of targets, and labels. */
    static void requireNumbers(String name, INDArray outputs, DataSet data) {
        if (data.hasLabels() || !Shape.of(outputs).equals(Shape.of(data.targets()))) {
            throw new IllegalArgumentException(name + " needs outputs of the shape of numeric targets, found outputs "
                    + Shape.of(outputs) + " and " + (data.hasLabels() ? "labels " : "targets ")
                    + Shape.of(data.targets()));
        }
    }

    /** Outputs beside targets, a row for each example that has a weight. */
    private static final class Pairs {
        private final Elements outputs;
        private final Elements targets;
        private final DataSet data;
        private final int[] rows;
        private final double weights;
        private final int width;

        private Pairs(INDArray outputs, DataSet data) {
            this.outputs = Elements.of(outputs);
            this.targets = Elements.of(data.targets());
            this.data = data;
            this.width = targets.size() / data.size();
            int[] all = IntStream.range(0, data.size()).toArray();
            this.rows = data.weights().map(w -> w.counting(all)).orElse(all);
            this.weights = Arrays.stream(rows).mapToDouble(data::weight).sum();
        }

        private double output(int i, int j) {
            return outputs.get(i * width + j);
        }

        private double target(int i, int j) {
            return targets.get(i * width + j);
        }

        private double weight(int i) {
            return data.weight(i);
        }
    }
}
