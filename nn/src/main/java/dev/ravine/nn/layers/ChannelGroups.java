package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;

/** Standardization of an example's groups of channels, which are the last axis. */
final class ChannelGroups {
    private ChannelGroups() {}

    /** (x - mean) / sqrt(variance + epsilon) over all places of an example and the channels of a group. */
    static Tensor standardized(Tensor x, long groups, double epsilon) {
        Shape shape = x.shape();
        long channels = shape.size(-1);
        long examples = shape.size(0);
        long places = shape.dropping(0, shape.rank() - 1).count();
        long each = channels / groups;
        return x.reshape(examples, places, groups, each)
                .permute(0, 2, 1, 3)
                .reshape(examples, groups, places * each)
                .standardize(epsilon)
                .reshape(examples, groups, places, each)
                .permute(0, 2, 1, 3)
                .reshape(shape);
    }
}
