package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/**
 * y = (x - mean) / sqrt(variance + epsilon) times {@code gain} plus {@code bias}, with mean and variance of an
 * example's places and a group of its channels (Wu and He, ECCV 2018). From [examples, ..., channels] to the same
 * shape; gain and bias are [channels]. Rows do not mix, and training and evaluation are the same.
 */
public final class GroupNorm extends Module {
    private final long groups;
    private final long channels;
    private final double epsilon;
    private final Parameter gain;
    private final Parameter bias;

    /**
     * Makes a layer with epsilon 1e-5.
     *
     * @param groups divides the channels
     * @param channels size of the last axis
     */
    public GroupNorm(long groups, long channels) {
        this(groups, channels, 1e-5);
    }

    /**
     * Makes a layer.
     *
     * @param groups divides the channels
     * @param channels size of the last axis
     * @param epsilon added to the variance, at least 0
     * @throws IllegalArgumentException if the groups do not divide the channels, or epsilon is negative
     */
    public GroupNorm(long groups, long channels, double epsilon) {
        Check.atLeastOne("groupNorm: groups", groups);
        Check.atLeastOne("groupNorm: channels", channels);
        if (channels % groups != 0) {
            throw new IllegalArgumentException("groupNorm: " + groups + " groups do not divide " + channels
                    + " channels; each group has the same number of them");
        }
        this.groups = groups;
        this.channels = channels;
        this.epsilon = Check.notNegative("groupNorm: epsilon", epsilon);
        gain = parameter("gain", Initializer.ones(), channels);
        bias = parameter("bias", Initializer.zeros(), channels);
    }

    /** {@return the number that is added to the variance} */
    public double epsilon() {
        return epsilon;
    }

    /** {@return the number of groups of channels} */
    public long groups() {
        return groups;
    }

    @Override
    public Tensor forward(Tensor x) {
        Sizes.requireLast("groupNorm", x, channels);
        return ChannelGroups.standardized(x, groups, epsilon).mul(gain.tensor()).add(bias.tensor());
    }
}
