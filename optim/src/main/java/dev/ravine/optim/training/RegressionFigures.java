package dev.ravine.optim.training;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;
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
            for (int i = 0; i < pairs.rows; i++) {
                for (int j = 0; j < pairs.width; j++) {
                    sum += pairs.weight(i) * Math.abs(pairs.target(i, j) - pairs.output(i, j));
                }
            }
            return sum / (pairs.weights() * pairs.width);
        }
    };

    abstract double of(Pairs pairs);

    private static double determination(Pairs pairs, int j) {
        double mean = 0;
        for (int i = 0; i < pairs.rows; i++) {
            mean += pairs.weight(i) * pairs.target(i, j);
        }
        mean /= pairs.weights();
        double left = 0;
        double all = 0;
        for (int i = 0; i < pairs.rows; i++) {
            left += pairs.weight(i) * Math.pow(pairs.target(i, j) - pairs.output(i, j), 2);
            all += pairs.weight(i) * Math.pow(pairs.target(i, j) - mean, 2);
        }
        return all > 0 ? 1 - left / all : left == 0 ? 1 : Double.isNaN(left) ? left : 0;
    }

    @Override
    public double applyAsDouble(INDArray outputs, DataSet data) {
        String name = name().toLowerCase(Locale.ROOT).replace('_', ' ');
        if (data.hasLabels() || !Shape.of(outputs).equals(Shape.of(data.targets()))) {
            throw new IllegalArgumentException(name + " needs outputs of the shape of numeric targets, found outputs "
                    + Shape.of(outputs) + " and " + (data.hasLabels() ? "labels " : "targets ")
                    + Shape.of(data.targets()));
        }
        return of(new Pairs(outputs, data));
    }

    /** Outputs beside targets, a row for each example. */
    private static final class Pairs {
        private final Elements outputs;
        private final Elements targets;
        private final DataSet data;
        private final int rows;
        private final int width;

        private Pairs(INDArray outputs, DataSet data) {
            this.outputs = Elements.of(outputs);
            this.targets = Elements.of(data.targets());
            this.data = data;
            this.rows = data.size();
            this.width = targets.size() / rows;
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

        private double weights() {
            double sum = 0;
            for (int i = 0; i < rows; i++) {
                sum += weight(i);
            }
            return sum;
        }
    }
}
