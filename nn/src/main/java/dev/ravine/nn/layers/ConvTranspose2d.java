package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;

/**
 * A transposed convolution, from [examples, height, width, inputs] to larger images [examples, output height, output
 * width, outputs]: the transpose of the {@link Conv2d} with the same window that goes the other way. The output has
 * (size - 1) stride + dilation (window - 1) + 1 - padding + outputPadding lines and columns, as in PyTorch.
 *
 * <p>Its parameters are {@code weight} [rows, columns, outputs / groups, inputs], in the layout of that convolution,
 * and, unless it was left out, {@code bias} [outputs]. PyTorch has weights [inputs, outputs / groups, rows, columns].
 */
public final class ConvTranspose2d extends ConvolutionLayer {
    private final Window window;
    private final long extraLines;
    private final long extraColumns;

    /**
     * Makes a layer with a square window, stride 1, no padding, LeCun-normal weights and zero biases.
     *
     * @param inputs channels of the images
     * @param outputs channels of the result
     * @param size rows and columns of the window
     */
    public ConvTranspose2d(long inputs, long outputs, long size) {
        this(builder(inputs, outputs, Window.of(size, size)));
    }

    private ConvTranspose2d(Builder settings) {
        super(
                settings,
                Convolutions.transposedFans("convTranspose2d", settings.window, settings),
                settings.window.height().size(),
                settings.window.width().size(),
                settings.outputs / settings.groups,
                settings.inputs);
        window = settings.window;
        extraLines = settings.extraLines;
        extraColumns = settings.extraColumns;
        requireExtra(window.height(), extraLines);
        requireExtra(window.width(), extraColumns);
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

    @Override
    public Tensor forward(Tensor x) {
        if (x.shape().rank() != 4 || x.shape().size(3) != weight.shape().size(3)) {
            throw new ShapeException("convTranspose2d: needs images [examples, height, width, "
                    + weight.shape().size(3) + "], found " + x.shape()
                    + "; channels come last, so permute(0, 2, 3, 1) images of PyTorch");
        }
        long height = outputs("lines", x.shape(), 1, window.height(), extraLines);
        long width = outputs("columns", x.shape(), 2, window.width(), extraColumns);
        return biased(x.convTranspose2d(weight.tensor(), window, groups, height, width));
    }

    private static long outputs(String what, Shape shape, int at, Window.Axis axis, long extra) {
        long size = (shape.size(at) - 1) * axis.stride() + axis.extent() - axis.before() - axis.after() + extra;
        if (shape.size(at) < 1 || size < 1) {
            throw new ShapeException("convTranspose2d: images " + shape + " would become images of " + size + " " + what
                    + "; use less padding, a larger window or larger images");
        }
        return size;
    }

    private static void requireExtra(Window.Axis axis, long extra) {
        if (extra < 0 || extra >= axis.stride()) {
            throw new IllegalArgumentException(
                    "convTranspose2d: the output padding must be from 0 to stride - 1, found " + extra + " with stride "
                            + axis.stride());
        }
    }

    /** Settings of a {@link ConvTranspose2d}. */
    public static final class Builder extends ConvolutionBuilder<Builder> {
        private final Window window;
        private long extraLines;
        private long extraColumns;

        private Builder(long inputs, long outputs, Window window) {
            super(inputs, outputs);
            this.window = window;
        }

        /**
         * Makes the output larger at its end. With a stride, several sizes of images have convolutions of one size;
         * this says which is meant.
         *
         * @param lines from 0, the default, to the stride along the height - 1
         * @param columns from 0, the default, to the stride along the width - 1
         * @return this
         */
        public Builder outputPadding(long lines, long columns) {
            extraLines = lines;
            extraColumns = columns;
            return this;
        }

        /**
         * {@return the layer}
         *
         * @throws IllegalArgumentException if the number of groups does not divide inputs and outputs, or if the output
         *     padding is out of its range
         */
        public ConvTranspose2d build() {
            return new ConvTranspose2d(this);
        }
    }
}
