package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Check;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/**
 * y = (x - mean) / sqrt(variance + epsilon), with mean and variance of each channel over the places of an example
 * (Ulyanov, Vedaldi and Lempitsky, 2016). From [examples, ..., channels] to the same shape. {@link #withGain} also has
 * {@code gain} and {@code bias}, [channels]. As in PyTorch, a layer has none by default. Rows do not mix, and training
 * and evaluation are the same.
 */
public final class InstanceNorm extends Module {
    private final long channels;
    private final double epsilon;
    private final Parameter gain;
    private final Parameter bias;

    /**
     * Makes a layer without parameters and with epsilon 1e-5.
     *
     * @param channels size of the last axis
     */
    public InstanceNorm(long channels) {
        this(channels, 1e-5, false);
    }

    private InstanceNorm(long channels, double epsilon, boolean hasGain) {
        this.channels = Check.atLeastOne("instanceNorm: channels", channels);
        this.epsilon = Check.notNegative("instanceNorm: epsilon", epsilon);
        gain = hasGain ? parameter("gain", Initializer.ones(), channels) : null;
        bias = hasGain ? parameter("bias", Initializer.zeros(), channels) : null;
    }

    /**
     * {@return a layer with gain and bias}
     *
     * @param channels size of the last axis
     * @param epsilon added to the variance, at least 0
     */
    public static InstanceNorm withGain(long channels, double epsilon) {
        return new InstanceNorm(channels, epsilon, true);
    }

    /** {@return the number that is added to the variance} */
    public double epsilon() {
        return epsilon;
    }

    /** {@return the size of the last axis} */
    public long channels() {
        return channels;
    }

    @Override
    public Tensor forward(Tensor x) {
        Sizes.requireLast("instanceNorm", x, channels);
        Shape places = x.shape().dropping(0, x.shape().rank() - 1);
        if (places.count() < 2) {
            throw new ShapeException(
                    "instanceNorm: an example of " + x.shape() + " has one number in each channel, which"
                            + " standardization would turn into 0; it needs"
                            + " [examples, places, channels] of at least 2 places");
        }
        Tensor y = ChannelGroups.standardized(x, channels, epsilon);
        return gain == null ? y : y.mul(gain.tensor()).add(bias.tensor());
    }
}
