package dev.ravine.optim.objective;

import dev.ravine.nn.Loss;
import dev.ravine.nn.Reduction;
import java.util.Optional;

/**
 * What makes an objective a sum of squared errors e: f(theta) = scale ||e(theta)||^2, apart from L2.
 *
 * @param count how many errors there are: examples times outputs, where a weight is a number of copies
 * @param scale the factor of the sum in f: 1/2 for residuals, 1 / count for a mean over examples and outputs
 */
public record SquaredErrors(double count, double scale) {
    /**
     * {@return the squared errors of a mean of losses; empty unless the loss is {@link Loss#meanSquaredError}}
     *
     * @param loss of an example, of either reduction
     * @param weight of all examples: their number, or the sum of their weights
     * @param outputs the number of targets of an example
     */
    public static Optional<SquaredErrors> of(Loss loss, double weight, long outputs) {
        if (!(loss instanceof Loss.SquaredError squares)) {
            return Optional.empty();
        }
        double count = weight * outputs;
        return Optional.of(new SquaredErrors(count, squares.outputs() == Reduction.MEAN ? 1 / count : 1 / weight));
    }
}
