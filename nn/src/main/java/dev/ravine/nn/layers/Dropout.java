package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.nn.Module;

/**
 * In training mode, sets each element to 0 with probability p and divides the others by 1 - p, which keeps the mean; in
 * evaluation mode, returns its input.
 *
 * <p>The mask is noise of the graph. It stays the same until a program resamples, so a gradient and all curvature
 * products of a step see one mask. An example's mask does not depend on its place in a batch. A layer that is used in
 * several places of a model has another mask in each.
 */
public final class Dropout extends Module {
    private final double rate;

    /**
     * Makes a layer.
     *
     * @param rate the probability p, from 0 to below 1
     * @throws IllegalArgumentException if the rate is out of range
     */
    public Dropout(double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("dropout rate must be from 0 to below 1, found " + rate);
        }
        this.rate = rate;
    }

    @Override
    public Tensor forward(Tensor x) {
        return isTraining() && rate > 0
                ? x.mul(Tensor.noisePerExample("dropout mask", x.dtype(), x.shape(), noiseSeed(), this::sample))
                : x;
    }

    @Override
    protected String description() {
        return "rate " + rate;
    }

    double rate() {
        return rate;
    }

    private void sample(Elements mask, int from, int to, Rng rng) {
        double kept = 1 / (1 - rate);
        for (int i = from; i < to; i++) {
            mask.set(i, rng.nextDouble() < rate ? 0 : kept);
        }
    }
}
