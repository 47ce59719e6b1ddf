package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Window;
import dev.ravine.nn.Module;

/**
 * The largest number that each window sees in each channel of images [examples, height, width, channels]. Places
 * outside of the image do not count. Of equal numbers the first one, line by line, has the derivative 1, as in PyTorch.
 */
public final class MaxPool2d extends Module {
    private final Window window;

    /**
     * Makes a layer with square windows side by side.
     *
     * @param size rows and columns of the window, and its stride
     */
    public MaxPool2d(long size) {
        this(Window.of(size, size).stride(size));
    }

    /**
     * Makes a layer.
     *
     * @param window its size, stride, padding (at most half of its size) and dilation; the stride of a {@link Window}
     *     is 1 unless it is set, not the size as in PyTorch
     * @throws IllegalArgumentException if the padding is larger
     */
    public MaxPool2d(Window window) {
        this.window = Pools.checked("maxPool2d", window);
    }

    /** {@return its size, stride, padding and dilation} */
    public Window window() {
        return window;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.maxPool2d(window);
    }
}
