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

    /** Standardizes features. Classes stay those of the whole, though a part may not have examples of all. */
    static TrainTest features(TrainTest set) {
        Columns columns = Columns.of(set.train().features());
        return new TrainTest(
                set.train().withFeatures(columns.standardize(set.train().features())),
                set.test().withFeatures(columns.standardize(set.test().features())));
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
        private final int[] exponent;
        private final double[] mean;
        private final double[] scale;

        private Columns(int width) {
            this.exponent = new int[width];
            this.mean = new double[width];
            this.scale = new double[width];
        }

        static Columns of(INDArray rows) {
            double[] values = Arena.toDoubles(rows);
            int width = values.length / (int) rows.size(0);
            Columns columns = new Columns(width);
            for (int j = 0; j < width; j++) {
                double[] column = new double[values.length / width];
                for (int i = 0; i < column.length; i++) {
                    column[i] = values[i * width + j];
                }
                columns.measure(j, column);
            }
            return columns;
        }

        /** Divides by a power of two first, so that no difference and no square leaves the range of numbers. */
        private void measure(int j, double... column) {
            exponent[j] = Math.getExponent(largest(column, 0)) + 1;
            for (int i = 0; i < column.length; i++) {
                column[i] = Math.scalb(column[i], -exponent[j]);
            }
            mean[j] = mean(column);
            scale[j] = deviation(column, mean[j]);
        }

        private static double largest(double[] column, double from) {
            double largest = 0;
            for (double value : column) {
                largest = Math.max(largest, Math.abs(value - from));
            }
            return largest;
        }

        /** Measured from the first row, so that the mean of equal numbers is that number. */
        private static double mean(double... column) {
            double sum = 0;
            for (double value : column) {
                sum += (value - column[0]) / column.length;
            }
            return column[0] + sum;
        }

        /** The root of the mean of squares, scaled by the largest one; 1 for equal numbers, which become zero. */
        private static double deviation(double[] column, double mean) {
            double largest = largest(column, mean);
            if (largest == 0) {
                return 1;
            }
            double squares = 0;
            for (double value : column) {
                squares += Math.pow((value - mean) / largest, 2);
            }
            return largest * Math.sqrt(squares / column.length);
        }

        INDArray standardize(INDArray rows) {
            double[] values = Arena.toDoubles(rows);
            for (int i = 0; i < values.length; i++) {
                int j = i % mean.length;
                values[i] = (Math.scalb(values[i], -exponent[j]) - mean[j]) / scale[j];
            }
            return Arena.of(DType.of(rows), Shape.of(rows), values);
        }
    }
}
