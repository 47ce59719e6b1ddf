package dev.ravine.nn.layers;

/**
 * Settings of a convolution that can choose its padding itself.
 *
 * @param <B> the builder of the layer
 */
abstract class SameConvolutionBuilder<B extends SameConvolutionBuilder<B>> extends ConvolutionBuilder<B> {
    boolean isSame;

    SameConvolutionBuilder(long inputs, long outputs) {
        super(inputs, outputs);
    }

    /**
     * Pads so that an output has ceil(size / stride) places along each axis, whatever the window. If the padding is
     * odd, the larger part comes after. It replaces the padding of the window. PyTorch has this for stride 1 only.
     *
     * @return this
     */
    public B same() {
        isSame = true;
        return self();
    }
}
