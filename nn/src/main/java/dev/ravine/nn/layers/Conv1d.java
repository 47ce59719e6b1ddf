package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;

/**
 * A convolution of sequences, from [examples, length, inputs] to [examples, output length, outputs]: a {@link Conv2d}
 * of images of height 1. Its parameters are {@code weight} [window, inputs / groups, outputs] and, unless it was left
 * out,
 * {@code bias} [outputs].
 *
 * <p>Padding before alone, {@code Window.Axis.of(3).padding(2, 0)}, makes it causal: an output then sees nothing of the
 * future. PyTorch has sequences [examples, channels, length] and weights [outputs, inputs / groups, window].
 */
public final class Conv1d extends ConvolutionLayer {
    private final Window.Axis window;
    private final boolean isSame;

    /**
     * Makes a layer with stride 1, no padding, LeCun-normal weights and zero biases.
     *
     * @param inputs channels of the sequences
     * @param outputs channels of the result
     * @param size of the window
     */
    public Conv1d(long inputs, long outputs, long size) {
        this(builder(inputs, outputs, Window.Axis.of(size)));
    }

    private Conv1d(Builder settings) {
        super(
                settings,
                Convolutions.fans("conv1d", new Window(Window.Axis.ONE, settings.window), settings),
                settings.window.size(),
                settings.inputs / settings.groups,
                settings.outputs);
        window = settings.window;
        isSame = settings.isSame;
    }

    /**
     * {@return a builder of a layer}
     *
     * @param inputs channels of the sequences
     * @param outputs channels of the result
     * @param window its size, stride, padding and dilation
     */
    public static Builder builder(long inputs, long outputs, Window.Axis window) {
        return new Builder(inputs, outputs, window);
    }

    /** {@return its size, stride, padding and dilation; the padding does not count if it {@link #isSame()}} */
    public Window.Axis window() {
        return window;
    }

    /** {@return whether it pads so that an output has ceil(size / stride) places} */
    public boolean isSame() {
        return isSame;
    }

    @Override
    public Tensor forward(Tensor x) {
        long channels = weight.shape().size(1) * groups;
        if (x.shape().rank() != 3 || x.shape().size(2) != channels) {
            throw new ShapeException("conv1d: needs sequences [examples, length, " + channels + "], found " + x.shape()
                    + "; channels come last, so permute(0, 2, 1) sequences of PyTorch");
        }
        Window.Axis along = isSame ? window.same(x.shape().size(1)) : window;
        Tensor line = x.reshape(Shape.of(x.shape().size(0), 1, x.shape().size(1), channels));
        Tensor kernel = weight.tensor()
                .reshape(Shape.of(
                        1, window.size(), weight.shape().size(1), weight.shape().size(2)));
        Tensor y = line.conv2d(kernel, new Window(Window.Axis.ONE, along), groups);
        return biased(y).reshape(y.shape().dropping(1));
    }

    /** Settings of a {@link Conv1d}. */
    public static final class Builder extends SameConvolutionBuilder<Builder> {
        private final Window.Axis window;

        private Builder(long inputs, long outputs, Window.Axis window) {
            super(inputs, outputs);
            this.window = window;
        }

        /**
         * {@return the layer}
         *
         * @throws IllegalArgumentException if the number of groups does not divide inputs and outputs
         */
        public Conv1d build() {
            return new Conv1d(this);
        }
    }
}
