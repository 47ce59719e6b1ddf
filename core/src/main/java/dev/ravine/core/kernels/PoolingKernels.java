package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels that find the largest number of each window. */
public final class PoolingKernels {
    private PoolingKernels() {}

    /**
     * {@return the kernel that finds where each window of an image has its maximum} Of equal maxima the first one
     * counts, line by line, and NaN is larger than any number. Places outside of the image do not count.
     *
     * @param x images, [examples, height, width, channels]
     * @param window how it moves over the images
     * @param places result, integers [examples, output height, output width, channels]: line times width plus column
     * @throws dev.ravine.core.ShapeException if some window sees nothing of the image
     */
    public static Kernel argmax(INDArray x, Window window, INDArray places) {
        Fit.oneFloatingType("maxPool2d", x);
        Fit.rank("maxPool2d", "images", x, 4);
        Fit.shape("maxPool2d", "places", places, window.outputs("maxPool2d", Shape.of(x), x.size(3)));
        if (places.isEmpty()) {
            return () -> {};
        }
        ImageWindows windows = new ImageWindows(Shape.of(x), window);
        windows.requireSomethingSeen("maxPool2d");
        Elements.Longs to = IndexKernels.integers("maxPool2d", places);
        Elements from = Elements.of(x);
        Kernel search = from instanceof Elements.Floats singles
                ? new SingleMaxima(windows, singles, to)
                : new DoubleMaxima(windows, (Elements.Doubles) from, to);
        return new HeldKernel(search, x, places);
    }
}
