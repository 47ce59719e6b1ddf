package dev.ravine.nn.layers;

import dev.ravine.core.FluentBuilder;
import dev.ravine.nn.Initializer;

/**
 * Settings that all layers of convolution have.
 *
 * @param <B> the builder of the layer
 */
public abstract class ConvolutionBuilder<B extends ConvolutionBuilder<B>> extends FluentBuilder<B> {
    final long inputs;
    final long outputs;
    long groups = 1;
    boolean hasBias = true;
    Initializer weights = Initializer.lecunNormal();

    ConvolutionBuilder(long inputs, long outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /**
     * Cuts the channels into groups that do not meet. With as many groups as inputs, every channel has weights of its
     * own (a depthwise convolution).
     *
     * @param count divides inputs and outputs; the default is 1
     * @return this
     */
    public B groups(long count) {
        groups = count;
        return self();
    }

    /**
     * Leaves the bias out.
     *
     * @return this
     */
    public B withoutBias() {
        hasBias = false;
        return self();
    }

    /**
     * Sets how the weights begin.
     *
     * @param initializer the default is {@link Initializer#lecunNormal}
     * @return this
     */
    public B weights(Initializer initializer) {
        weights = initializer;
        return self();
    }
}
