package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How often each example counts: 2 is the same as the example twice, 0 the same as none. Means over examples are sums
 * of weight times number, divided by the sum of the weights.
 */
public final class ExampleWeights {
    private final INDArray array;
    private final Elements each;

    private ExampleWeights(INDArray array) {
        this.array = array;
        this.each = Elements.of(array);
    }

    /**
     * Weights, rounded to a dtype. Their sum must be in the range of its numbers, and so must the inverse of each.
     *
     * @param dtype of the features that they belong to
     * @param each the weight of each example, not negative
     * @return these weights
     * @throws IllegalArgumentException if a weight is negative, not finite, or too small or too large for means
     */
    public static ExampleWeights of(DType dtype, double... each) {
        INDArray array = Arena.create(dtype, Shape.of(each.length));
        Elements.of(array).write(0, each.length, each);
        ExampleWeights weights = new ExampleWeights(array);
        boolean isSingle = dtype == DType.FLOAT32;
        double least = 4 * (isSingle ? Float.MIN_NORMAL : Double.MIN_NORMAL);
        double most = (isSingle ? Float.MAX_VALUE : Double.MAX_VALUE) / Math.max(1, each.length);
        for (int i = 0; i < each.length; i++) {
            double weight = weights.get(i);
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("data set: the weight of example " + i
                        + " must not be negative and must be finite in " + dtype + ", found " + each[i]);
            }
            if (weight > most || (weight < least && each[i] != 0)) {
                throw new IllegalArgumentException(
                        "data set: the weight of example " + i + " must be 0 or from " + least
                                + " to " + most + ", so that means over " + each.length + " examples of " + dtype
                                + " can be computed, found " + each[i] + "; multiply all weights by one number");
            }
        }
        return weights;
    }

    /** {@return the number of examples} */
    public int size() {
        return each.size();
    }

    /** {@return the numbers, flat, in an array that must not be changed} */
    public INDArray array() {
        return array;
    }

    Elements elements() {
        return each;
    }

    /**
     * {@return how often an example counts}
     *
     * @param example from 0 to {@link #size()} - 1
     * @throws IndexOutOfBoundsException if there is no such example
     */
    public double get(int example) {
        if (example < 0 || example >= size()) {
            throw new IndexOutOfBoundsException("weights: example " + example + " is outside of 0.." + (size() - 1));
        }
        return each.get(example);
    }

    /**
     * {@return the sum of the weights of some examples, added in their order}
     *
     * @param examples any; an example may be repeated
     */
    public double total(int... examples) {
        double sum = 0;
        for (int example : examples) {
            sum += get(example);
        }
        return sum;
    }

    /**
     * {@return the examples that count: those whose weight is not 0, in their order}
     *
     * @param examples any; an example may be repeated
     */
    public int[] counting(int... examples) {
        return IntStream.of(examples).filter(example -> get(example) > 0).toArray();
    }

    ExampleWeights range(int from, int to) {
        return new ExampleWeights(Arena.view(array, from, Shape.of(to - from)));
    }

    ExampleWeights take(int... examples) {
        INDArray some = Arena.create(DType.of(array), Shape.of(examples.length));
        copy(examples, 0, examples.length, Elements.of(some));
        return new ExampleWeights(some);
    }

    ExampleWeights as(DType dtype) {
        double[] all = new double[size()];
        each.read(0, all.length, all);
        return of(dtype, all);
    }

    /**
     * Copies the weights of some examples; allocates nothing.
     *
     * @param examples any
     * @param from the first of them to copy
     * @param count how many to copy
     * @param out receives them at its beginning, of the weights' dtype
     */
    public void copy(int[] examples, int from, int count, Elements out) {
        for (int i = 0; i < count; i++) {
            out.set(i, each.get(examples[from + i]));
        }
    }
}
