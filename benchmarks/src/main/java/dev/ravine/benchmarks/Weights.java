package dev.ravine.benchmarks;

import java.util.List;

/**
 * A parameter of a layer, in Ravine's layout, and how it begins.
 *
 * @param shape its sizes
 * @param mean of its first numbers
 * @param deviation of its first numbers
 */
record Weights(List<Integer> shape, double mean, double deviation) {
    /** A matrix or a bank of windows, LeCun-normal: the last axis counts outputs. */
    static Weights normal(Integer... shape) {
        Weights weights = new Weights(List.of(shape), 0, 1);
        int inputs = weights.count() / shape[shape.length - 1];
        return new Weights(weights.shape, 0, 1 / Math.sqrt(inputs));
    }

    /** Small biases. */
    static Weights bias(int size) {
        return new Weights(List.of(size), 0, 0.1);
    }

    /** Gains around one. */
    static Weights gain(int size) {
        return new Weights(List.of(size), 1, 0.1);
    }

    int count() {
        return shape.stream().reduce(1, (a, b) -> a * b);
    }
}
