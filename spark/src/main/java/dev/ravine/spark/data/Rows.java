package dev.ravine.spark.data;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Some examples as plain arrays: what Spark caches, and what it moves between executors. */
public final class Rows implements Serializable {
    private static final long serialVersionUID = 1;

    /** The row of each example in the data, in rising order. */
    int[] numbers;

    /** The features one example after the other: float[], double[] or long[]. */
    Object features;

    /** The targets likewise; the same array as the features where examples are their own targets. */
    Object targets;

    /** The weights, float[] or double[]; null if all count alike. */
    Object weights;

    /** Checksums of features, targets and weights, as they were read; null if these are no whole block. */
    long[] checksums;

    /** For Kryo. */
    Rows() {}

    Rows(int[] numbers, Object features, Object targets, Object weights) {
        this.numbers = numbers;
        this.features = features;
        this.targets = targets;
        this.weights = weights;
    }

    /** {@return the number of examples} */
    public int count() {
        return numbers.length;
    }

    /**
     * {@return copies of the examples with some of these numbers; others are left out}
     *
     * @param rising numbers of rows in rising order
     */
    public Rows take(int... rising) {
        int last = count() == 0 ? -1 : numbers[count() - 1];
        int[] taken = IntStream.of(rising)
                .filter(row -> count() > 0 && row >= numbers[0] && row <= last)
                .filter(row -> Arrays.binarySearch(numbers, row) >= 0)
                .toArray();
        Object x = take(features, taken);
        return new Rows(
                taken,
                x,
                features == targets ? x : take(targets, taken),
                weights == null ? null : take(weights, taken));
    }

    private Object take(Object array, int... taken) {
        int width = count() == 0 ? 0 : Numbers.length(array) / count();
        Object copy = Array.newInstance(array.getClass().getComponentType(), taken.length * width);
        for (int i = 0; i < taken.length; i++) {
            System.arraycopy(array, Arrays.binarySearch(numbers, taken[i]) * width, copy, i * width, width);
        }
        return copy;
    }
}
