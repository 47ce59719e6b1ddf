package dev.ravine.benchmarks;

import static dev.ravine.benchmarks.Product.Kind.BACK;
import static dev.ravine.benchmarks.Product.Kind.FORWARD;
import static dev.ravine.benchmarks.Product.Kind.WEIGHTS;

import dev.ravine.benchmarks.Product.Kind;
import java.util.List;
import java.util.stream.Stream;

/**
 * Rows that meet a matrix of weights.
 *
 * @param rows how many
 * @param in columns of the rows
 * @param out columns of the weights
 * @param times how many such pairs there are
 * @param isInput whether the rows are the layer's input, which has no derivative in the first layer
 */
record Consumption(int rows, int in, int out, int times, boolean isInput) {
    /**
     * {@return the products that a quantity needs of it}
     *
     * @param quantity what is computed
     * @param isFirst whether the layer's input is the net's
     */
    List<Product> products(Quantity quantity, boolean isFirst) {
        List<Kind> one = isFirst && isInput ? ofData(quantity) : inside(quantity);
        return Stream.generate(() -> one)
                .limit(times)
                .flatMap(List::stream)
                .map(kind -> new Product(kind, rows, in, out))
                .toList();
    }

    private static List<Kind> ofData(Quantity quantity) {
        return quantity == Quantity.FORWARD ? List.of(FORWARD) : List.of(FORWARD, WEIGHTS);
    }

    private static List<Kind> inside(Quantity quantity) {
        return switch (quantity) {
            case FORWARD -> List.of(FORWARD);
            case GRADIENT -> List.of(FORWARD, WEIGHTS, BACK);
            case HVP -> List.of(FORWARD, WEIGHTS, FORWARD, WEIGHTS, BACK, BACK);
            case GAUSS_NEWTON -> List.of(FORWARD, WEIGHTS, FORWARD, BACK);
            default -> throw new IllegalArgumentException(quantity + " has no floor of its own");
        };
    }
}
