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
            int n = (int) rows.size(0);
            int width = values.length / n;
            double[] mean = new double[width];
            double[] scale = new double[width];
            for (int j = 0; j < width; j++) {
                for (int i = 0; i < n; i++) {
                    mean[j] += values[i * width + j] / n;
                }
                double square = 0;
                for (int i = 0; i < n; i++) {
                    square += Math.pow(values[i * width + j] - mean[j], 2) / n;
                }
                // A column that never changes becomes zero.
                scale[j] = square > 0 ? Math.sqrt(square) : 1;
            }
            return new Columns(mean, scale);
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
