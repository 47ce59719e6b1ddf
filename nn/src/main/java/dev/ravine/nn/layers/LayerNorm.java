package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/**
 * y = (x - mean) / sqrt(variance + epsilon) times {@code gain} plus {@code bias}, with mean and variance along the last
 * axis (Ba, Kiros and Hinton, 2016). The variance is the sum of squared deviations divided by the width.
 */
public final class LayerNorm extends Module {
    private final double epsilon;
    private final Parameter gain;
    private final Parameter bias;

    /**
     * Makes a layer with epsilon 1e-5.
     *
     * @param width size of the last axis
     */
    public LayerNorm(long width) {
        this(width, 1e-5);
    }

    /**
     * Makes a layer.
     *
     * @param width size of the last axis
     * @param epsilon added to the variance
     */
    public LayerNorm(long width, double epsilon) {
        this.epsilon = epsilon;
        gain = parameter("gain", Initializer.ones(), width);
        bias = parameter("bias", Initializer.zeros(), width);
    }

    /** {@return the number that is added to the variance} */
    public double epsilon() {
        return epsilon;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().size(-1) != gain.shape().size(0)) {
            throw new ShapeException("layerNorm: gain and bias have shape " + gain.shape()
                    + ", the last axis of the input must be as long, found " + x.shape());
        }
        return x.standardize(epsilon).mul(gain.tensor()).add(bias.tensor());
    }
}
