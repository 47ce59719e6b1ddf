package dev.ravine.cli.problem;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.data.DataSet;
import dev.ravine.core.data.TrainTest;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Columns shifted and scaled to mean 0 and variance 1 on the training data; test data are treated the same. */
final class Standardized {
    private Standardized() {}

    /** Standardizes features. */
    static TrainTest features(TrainTest set) {
        Columns columns = Columns.of(set.train().features());
        return new TrainTest(
                DataSet.of(
                        columns.standardize(set.train().features()), set.train().targets()),
                DataSet.of(
                        columns.standardize(set.test().features()), set.test().targets()));
    }

    /** Standardizes numeric targets; mean squared errors are then in units of the training targets' variance. */
    static TrainTest targets(TrainTest set) {
        Columns columns = Columns.of(set.train().targets());
        return new TrainTest(
                DataSet.of(
                        set.train().features(), columns.standardize(set.train().targets())),
                DataSet.of(set.test().features(), columns.standardize(set.test().targets())));
    }

    private static final class Columns {
        private final double[] mean;
        private final double[] scale;

        private Columns(double[] mean, double[] scale) {
            this.mean = mean;
            this.scale = scale;
        }

        static Columns of(INDArray rows) {
            double[] values = Arena.toDoubles(rows);
            int width = values.length / (int) rows.size(0);
            double[] mean = new double[width];
            double[] scale = new double[width];
            for (int j = 0; j < width; j++) {
                mean[j] = mean(values, j, width);
                scale[j] = deviation(values, j, width, mean[j]);
            }
            return new Columns(mean, scale);
        }

        /** Measured from the first row, so that the mean of equal numbers is that number. */
        private static double mean(double[] values, int column, int width) {
            int n = values.length / width;
            double origin = values[column];
            double sum = 0;
            for (int i = column; i < values.length; i += width) {
                sum += values[i] / n - origin / n;
            }
            return origin + sum;
        }

        /** The root of the mean of squares, scaled by the largest one; 1 for equal numbers, which become zero. */
        private static double deviation(double[] values, int column, int width, double mean) {
            double largest = 0;
            for (int i = column; i < values.length; i += width) {
                largest = Math.max(largest, Math.abs(values[i] - mean));
            }
            if (largest == 0) {
                return 1;
            }
            double squares = 0;
            for (int i = column; i < values.length; i += width) {
                squares += Math.pow((values[i] - mean) / largest, 2);
            }
            int rows = values.length / width;
            return largest * Math.sqrt(squares / rows);
        }

        INDArray standardize(INDArray rows) {
            double[] values = Arena.toDoubles(rows);
            for (int i = 0; i < values.length; i++) {
                int j = i % mean.length;
                values[i] = (values[i] - mean[j]) / scale[j];
            }
            return Arena.of(DType.of(rows), Shape.of(rows), values);
        }
    }
}
