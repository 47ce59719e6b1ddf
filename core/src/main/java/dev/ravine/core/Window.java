package dev.ravine.core;

/**
 * The window that a convolution or a pooling moves over the height and width of an image [examples, height, width,
 * channels]. A sequence is an image of height 1.
 *
 * @param height how it moves along the height
 * @param width how it moves along the width
 */
public record Window(Axis height, Axis width) {
    /**
     * How a window moves along one axis: output p sees the inputs p stride - before + k dilation for k = 0 .. size - 1.
     * Inputs outside of the axis count as zeros.
     *
     * @param size the number of inputs that it sees at once, at least 1
     * @param stride its step from output to output, at least 1
     * @param before the number of zeros before the first input, at least 0
     * @param after the number of zeros after the last input, at least 0
     * @param dilation the distance of neighbouring inputs that it sees, at least 1
     */
    public record Axis(long size, long stride, long before, long after, long dilation) {
        /** A window of size 1, which leaves the axis as it is. */
        public static final Axis ONE = new Axis(1, 1, 0, 0, 1);

        /**
         * Checks the numbers.
         *
         * @param size the number of inputs that it sees at once, at least 1
         * @param stride its step from output to output, at least 1
         * @param before the number of zeros before the first input, at least 0
         * @param after the number of zeros after the last input, at least 0
         * @param dilation the distance of neighbouring inputs that it sees, at least 1
         * @throws IllegalArgumentException if one is out of its range
         */
        public Axis {
            require("size", size, 1);
            require("stride", stride, 1);
            require("padding before", before, 0);
            require("padding after", after, 0);
            require("dilation", dilation, 1);
        }

        private static void require(String what, long value, long least) {
            if (value < least || value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("the " + what + " of a window must be from " + least + " to "
                        + Integer.MAX_VALUE + ", found " + value);
            }
        }

        /**
         * {@return a window with stride 1, without padding and dilation}
         *
         * @param size the number of inputs that it sees at once, at least 1
         */
        public static Axis of(long size) {
            return new Axis(size, 1, 0, 0, 1);
        }

        /**
         * {@return the same window with another step}
         *
         * @param step from output to output, at least 1
         */
        public Axis stride(long step) {
            return new Axis(size, step, before, after, dilation);
        }

        /**
         * {@return the same window over an input with zeros around it}
         *
         * @param first zeros before the first input, at least 0
         * @param last zeros after the last input, at least 0
         */
        public Axis padding(long first, long last) {
            return new Axis(size, stride, first, last, dilation);
        }

        /**
         * {@return the same window with gaps between what it sees}
         *
         * @param distance of neighbours, at least 1
         */
        public Axis dilation(long distance) {
            return new Axis(size, stride, before, after, distance);
        }

        /** {@return the distance from the first to the last input that it sees, both included} */
        public long extent() {
            return dilation * (size - 1) + 1;
        }

        /**
         * {@return the number of outputs, (input + before + after - extent) / stride + 1}
         *
         * @param input the number of inputs
         * @throws ShapeException if the padded input is smaller than the window
         */
        public long outputs(long input) {
            long padded = input + before + after;
            if (padded < extent()) {
                throw new ShapeException("a window of size " + size + " with dilation " + dilation + " covers "
                        + extent() + " numbers, but the input has " + input + " and with padding " + before + " and "
                        + after + " only " + padded + ", so there is no output; use a smaller window or dilation, more"
                        + " padding, or a larger input");
            }
            return (padded - extent()) / stride + 1;
        }

        /**
         * {@return the same window with the padding that makes ceil(input / stride) outputs} If the padding is odd, the
         * larger part comes after.
         *
         * @param input the number of inputs
         */
        public Axis same(long input) {
            long outputs = (input + stride - 1) / stride;
            long total = Math.max(0, (outputs - 1) * stride + extent() - input);
            return padding(total / 2, total - total / 2);
        }

        /** Whether every output sees exactly the input of the same index. */
        private boolean isIdentity() {
            return size == 1 && stride == 1 && before == 0 && after == 0;
        }
    }

    /**
     * {@return a window with stride 1, without padding and dilation}
     *
     * @param height its size along the height
     * @param width its size along the width
     * @throws IllegalArgumentException if a size is less than 1
     */
    public static Window of(long height, long width) {
        return new Window(Axis.of(height), Axis.of(width));
    }

    /**
     * {@return the same window with one step along both axes}
     *
     * @param both along the height and the width
     */
    public Window stride(long both) {
        return stride(both, both);
    }

    /**
     * {@return the same window with other steps}
     *
     * @param down along the height, at least 1
     * @param right along the width, at least 1
     */
    public Window stride(long down, long right) {
        return new Window(height.stride(down), width.stride(right));
    }

    /**
     * {@return the same window with as many zeros before and after, along both axes}
     *
     * @param both along the height and the width
     */
    public Window padding(long both) {
        return padding(both, both, both, both);
    }

    /**
     * {@return the same window over an input with zeros around it}
     *
     * @param top zeros above, at least 0
     * @param bottom zeros below
     * @param left zeros on the left
     * @param right zeros on the right
     */
    public Window padding(long top, long bottom, long left, long right) {
        return new Window(height.padding(top, bottom), width.padding(left, right));
    }

    /**
     * {@return the same window with gaps along both axes}
     *
     * @param both along the height and the width
     */
    public Window dilation(long both) {
        return dilation(both, both);
    }

    /**
     * {@return the same window with gaps between what it sees}
     *
     * @param down the distance of neighbours along the height, at least 1
     * @param right the distance of neighbours along the width
     */
    public Window dilation(long down, long right) {
        return new Window(height.dilation(down), width.dilation(right));
    }

    /**
     * {@return the same window with the padding that makes ceil(size / stride) outputs along both axes}
     *
     * @param inputHeight of the input
     * @param inputWidth of the input
     */
    public Window same(long inputHeight, long inputWidth) {
        return new Window(height.same(inputHeight), width.same(inputWidth));
    }

    /** {@return the number of inputs that it sees at once} */
    public long count() {
        return height.size * width.size;
    }

    /** {@return whether every output sees exactly the input at its own place} */
    public boolean isIdentity() {
        return height.isIdentity() && width.isIdentity();
    }

    /**
     * {@return the shape [examples, output height, output width, channels] of an output}
     *
     * @param operation named in the error
     * @param input [examples, height, width, channels]
     * @param channels of the output
     * @throws ShapeException if the input is no image, or smaller than the window
     */
    public Shape outputs(String operation, Shape input, long channels) {
        if (input.rank() != 4) {
            throw new ShapeException(operation + ": needs images [examples, height, width, channels], found " + input);
        }
        try {
            return Shape.of(input.size(0), height.outputs(input.size(1)), width.outputs(input.size(2)), channels);
        } catch (ShapeException e) {
            throw new ShapeException(operation + " of " + input + ": " + e.getMessage());
        }
    }
}
