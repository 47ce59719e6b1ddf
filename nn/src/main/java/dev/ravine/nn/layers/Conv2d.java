package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;

/**
 * A convolution of images, from [examples, height, width, inputs] to [examples, output height, output width, outputs].
 * As in PyTorch, weights are not flipped, and the output has (size + padding - dilation (window - 1) - 1) / stride + 1
 * lines and columns, rounded down.
 *
 * <p>Its parameters are {@code weight} [rows, columns, inputs / groups, outputs] and, unless it was left out,
 * {@code bias} [outputs]. PyTorch has images [examples, channels, height, width] and weights [outputs, inputs / groups,
 * rows, columns].
 */
public final class Conv2d extends ConvolutionLayer {
    private final Window window;
    private final boolean isSame;

    /**
     * Makes a layer with a square window, stride 1, no padding, LeCun-normal weights and zero biases.
     *
     * @param inputs channels of the images
     * @param outputs channels of the result
     * @param size rows and columns of the window
     */
    public Conv2d(long inputs, long outputs, long size) {
        this(builder(inputs, outputs, Window.of(size, size)));
    }

    private Conv2d(Builder settings) {
        super(
                settings,
                Convolutions.fans("conv2d", settings.window, settings),
                settings.window.height().size(),
                settings.window.width().size(),
                settings.inputs / settings.groups,
                settings.outputs);
        window = settings.window;
        isSame = settings.isSame;
    }

    /**
     * {@return a builder of a layer}
     *
     * @param inputs channels of the images
     * @param outputs channels of the result
     * @param window its size, stride, padding and dilation
     */
    public static Builder builder(long inputs, long outputs, Window window) {
        return new Builder(inputs, outputs, window);
    }

    /** {@return its size, stride, padding and dilation; the padding does not count if it {@link #isSame()}} */
    public Window window() {
        return window;
    }

    /** {@return whether it pads so that an output has ceil(size / stride) places} */
    public boolean isSame() {
        return isSame;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.shape().size(3) != weight.shape().size(2) * groups) {
            throw new ShapeException("conv2d: needs images [examples, height, width, "
                    + weight.shape().size(2) * groups + "], found " + x.shape()
                    + "; channels come last, so permute(0, 2, 3, 1) images of PyTorch");
        }
        Window actual = isSame ? window.same(x.shape().size(1), x.shape().size(2)) : window;
        return biased(x.conv2d(weight.tensor(), actual, groups));
    }

    /** Settings of a {@link Conv2d}. */
    public static final class Builder extends SameConvolutionBuilder<Builder> {
        private final Window window;

        private Builder(long inputs, long outputs, Window window) {
            super(inputs, outputs);
            this.window = window;
        }

        /**
         * {@return the layer}
         *
         * @throws IllegalArgumentException if the number of groups does not divide inputs and outputs
         */
        public Conv2d build() {
            return new Conv2d(this);
        }
    }
}
