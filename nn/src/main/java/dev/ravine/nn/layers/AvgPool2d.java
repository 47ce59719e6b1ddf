package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Window;
import dev.ravine.nn.Module;

/** The mean of what each window sees in each channel of images [examples, height, width, channels]. */
public final class AvgPool2d extends Module {
    private final Window window;
    private final boolean countsPadding;

    /**
     * Makes a layer with square windows side by side.
     *
     * @param size rows and columns of the window, and its stride
     */
    public AvgPool2d(long size) {
        this(Window.of(size, size).stride(size), true);
    }

    /**
     * Makes a layer.
     *
     * @param window its size, stride, padding (at most half of its size) and dilation; the stride of a {@link Window}
     *     is 1 unless it is set, not the size as in PyTorch
     * @param countsPadding whether zeros around the image count, as in PyTorch by default
     * @throws IllegalArgumentException if the padding is larger
     */
    public AvgPool2d(Window window, boolean countsPadding) {
        this.window = Pools.checked("avgPool2d", window);
        this.countsPadding = countsPadding;
    }

    /** {@return its size, stride, padding and dilation} */
    public Window window() {
        return window;
    }

    /** {@return whether zeros around the image count} */
    public boolean countsPadding() {
        return countsPadding;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.avgPool2d(window, countsPadding);
    }
}
