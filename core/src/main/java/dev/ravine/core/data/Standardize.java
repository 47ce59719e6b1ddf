package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shifts and scales columns to mean 0 and variance 1, by the means and deviations of the data that it was fitted to:
 *
 * <pre>{@code
 * Standardize scale = Standardize.fit(train.features());
 * INDArray features = scale.apply(test.features());
 * }</pre>
 *
 * <p>A column is everything at one place of an example. Its deviation is the root of the mean square of differences
 * from the mean (divided by N, not N - 1). A column of equal numbers has the deviation 1 and becomes 0. {@link #invert}
 * gives numbers back in their own units. Numbers of any size are measured without overflow and underflow.
 */
public final class Standardize {
    /** Columns whose largest number is within 2^-500 to 2^500 need no scale of their own. */
    private static final int LARGE = 500;

    private static final int SHOWN = 4;

    /** Columns are first divided by two to this power; 0 for those of usual size. */
    private final int[] exponent;

    private final double[] mean;
    private final double[] deviation;

    private Standardize(int[] exponent, double[] mean, double[] deviation) {
        this.exponent = exponent;
        this.mean = mean;
        this.deviation = deviation;
    }

    /**
     * {@return the transform of known means and deviations}
     *
     * @param mean of each column, finite
     * @param deviation of each column, finite and positive
     * @throws IllegalArgumentException if there are no columns, counts differ, or a number is out of range
     */
    public static Standardize of(double[] mean, double... deviation) {
        return checked(new int[mean.length], mean.clone(), deviation.clone());
    }

    private static Standardize checked(int[] exponent, double[] mean, double... deviation) {
        if (mean.length == 0 || deviation.length != mean.length || exponent.length != mean.length) {
            throw new IllegalArgumentException("standardize: expected at least one column, with a mean and a deviation"
                    + " for each, found " + mean.length + " means and " + deviation.length + " deviations");
        }
        for (int j = 0; j < mean.length; j++) {
            if (!Double.isFinite(mean[j]) || !(deviation[j] > 0) || Double.isInfinite(deviation[j])) {
                throw new IllegalArgumentException("standardize: column " + j + ": expected a finite mean and a finite,"
                        + " positive deviation, found " + mean[j] + " and " + deviation[j]);
            }
        }
        return new Standardize(exponent, mean, deviation);
    }

    /**
     * {@return the transform that gives these rows mean 0 and variance 1}
     *
     * @param rows [N, ...], floating-point, usually of training data
     * @throws ShapeException if the rows are integers, or there are none
     * @throws IllegalArgumentException if a number is not finite, naming row and column
     */
    public static Standardize fit(INDArray rows) {
        if (!DType.of(rows).isFloating() || rows.rank() < 1 || rows.isEmpty()) {
            throw new ShapeException("standardize: expected FLOAT32 or FLOAT64 rows [N, ...], found " + DType.of(rows)
                    + " " + Shape.of(rows));
        }
        double[] values = Arena.toDoubles(rows);
        int width = values.length / (int) rows.size(0);
        Standardize fitted = new Standardize(new int[width], new double[width], new double[width]);
        double[] column = new double[values.length / width];
        for (int j = 0; j < width; j++) {
            for (int i = 0; i < column.length; i++) {
                column[i] = values[i * width + j];
                if (!Double.isFinite(column[i])) {
                    throw new IllegalArgumentException("standardize: row " + i + ", column " + j
                            + ": expected a finite number, found " + column[i]);
                }
            }
            fitted.measure(j, column);
        }
        return fitted;
    }

    private void measure(int j, double... column) {
        if (largest(column, column[0]) == 0) {
            mean[j] = column[0];
            deviation[j] = 1;
            return;
        }
        double largest = largest(column, 0);
        int size = Math.getExponent(largest);
        if (largest > 0 && Math.abs(size) > LARGE) {
            exponent[j] = size + 1;
            for (int i = 0; i < column.length; i++) {
                column[i] = Math.scalb(column[i], -exponent[j]);
            }
        }
        mean[j] = mean(column);
        deviation[j] = deviation(column, mean[j]);
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

    /** The root of the mean of squares, scaled by the largest one. */
    private static double deviation(double[] column, double mean) {
        double largest = largest(column, mean);
        double squares = 0;
        for (double value : column) {
            squares += Math.pow((value - mean) / largest, 2);
        }
        return largest * Math.sqrt(squares / column.length);
    }

    /** {@return the number of columns} */
    public int width() {
        return mean.length;
    }

    /**
     * {@return the mean of a column}
     *
     * @param column from 0
     */
    public double mean(int column) {
        return Math.scalb(mean[Check.index("column", column, width())], exponent[column]);
    }

    /**
     * {@return the deviation of a column; 1 for a column of equal numbers}
     *
     * @param column from 0
     */
    public double deviation(int column) {
        return Math.scalb(deviation[Check.index("column", column, width())], exponent[column]);
    }

    /**
     * {@return standardized rows, in an array that the caller owns}
     *
     * @param rows [N, ...] with as many columns, in their own units
     * @throws ShapeException if the number of columns differs, or rows are integers
     * @throws IllegalArgumentException if a result is too large for the rows' dtype
     */
    public INDArray apply(INDArray rows) {
        return changed(rows, true);
    }

    /**
     * {@return rows in their own units, in an array that the caller owns}
     *
     * @param rows [N, ...] with as many columns, standardized
     * @throws ShapeException if the number of columns differs, or rows are integers
     * @throws IllegalArgumentException if a result is too large for the rows' dtype
     */
    public INDArray invert(INDArray rows) {
        return changed(rows, false);
    }

    private INDArray changed(INDArray rows, boolean isForward) {
        if (!DType.of(rows).isFloating()
                || rows.rank() < 1
                || rows.length() / Math.max(1, rows.size(0)) != mean.length) {
            throw new ShapeException("standardize: expected FLOAT32 or FLOAT64 rows of " + mean.length
                    + " numbers, found " + DType.of(rows) + " " + Shape.of(rows));
        }
        double[] values = Arena.toDoubles(rows);
        for (int i = 0; i < values.length; i++) {
            int j = i % mean.length;
            values[i] = isForward ? standard(j, values[i]) : own(j, values[i]);
        }
        return Arena.of(DType.of(rows), Shape.of(rows), values);
    }

    private double standard(int j, double value) {
        return (Math.scalb(value, -exponent[j]) - mean[j]) / deviation[j];
    }

    private double own(int j, double value) {
        return Math.scalb(mean[j] + value * deviation[j], exponent[j]);
    }

    /**
     * {@return a data set with standardized features}
     *
     * @param data whose features have as many columns
     * @throws ShapeException if the number of columns differs, or features are integers
     */
    public DataSet features(DataSet data) {
        return data.withFeatures(apply(data.features()));
    }

    /**
     * {@return a data set with standardized targets}
     *
     * @param data whose targets are numbers of as many columns
     * @throws ShapeException if the number of columns differs, or targets are labels
     */
    public DataSet targets(DataSet data) {
        DataSet standard = DataSet.ofSequences(data.features(), apply(data.targets()));
        double[] weights = new double[data.size()];
        Arrays.setAll(weights, data::weight);
        return data.weights().isEmpty() ? standard : standard.withWeights(weights);
    }

    /**
     * {@return all numbers as arrays, to be saved beside weights; {@link #ofArrays} reads them} {@code mean} and {@code
     * deviation} are FLOAT64. They are in units of 2^{@code exponent}, which is 0 for columns whose largest number is
     * within 2^-500 to 2^500.
     */
    public Map<String, INDArray> arrays() {
        Shape width = Shape.of(width());
        INDArray powers =
                Arena.ofIntegers(Arrays.stream(exponent).asLongStream().toArray());
        return Map.of(
                "mean",
                Arena.of(DType.FLOAT64, width, mean),
                "deviation",
                Arena.of(DType.FLOAT64, width, deviation),
                "exponent",
                powers);
    }

    /**
     * {@return the transform whose {@link #arrays()} these are}
     *
     * @param arrays {@code mean}, {@code deviation} and {@code exponent}; others are not read
     * @throws IllegalArgumentException if one is absent or has wrong numbers
     */
    public static Standardize ofArrays(Map<String, INDArray> arrays) {
        double[] powers = numbers(Check.noNullsIn("the arrays of scales", arrays), "exponent");
        int[] exponent = new int[powers.length];
        for (int j = 0; j < powers.length; j++) {
            exponent[j] = (int) powers[j];
            if (exponent[j] != powers[j] || Math.abs(exponent[j]) > Double.MAX_EXPONENT + 1) {
                throw new IllegalArgumentException(
                        "standardize: column " + j + ": expected a power of two of a double, found " + powers[j]);
            }
        }
        return checked(exponent, numbers(arrays, "mean"), numbers(arrays, "deviation"));
    }

    private static double[] numbers(Map<String, INDArray> arrays, String name) {
        INDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException(
                    "standardize: expected an array '" + name + "', found " + arrays.keySet());
        }
        double[] numbers = new double[(int) array.length()];
        Elements.of(Arena.dense(array)).read(0, numbers.length, numbers);
        return numbers;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Standardize[" + width() + " columns");
        for (int j = 0; j < Math.min(SHOWN, width()); j++) {
            text.append(String.format(Locale.ROOT, "; %d: mean %.6g, deviation %.6g", j, mean(j), deviation(j)));
        }
        return text.append(width() > SHOWN ? "; ...]" : "]").toString();
    }
}
