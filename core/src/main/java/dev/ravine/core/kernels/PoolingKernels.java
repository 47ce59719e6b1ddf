package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Window;
import java.util.Arrays;
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
        if (places.isEmpty()) {
            return () -> {};
        }
        ImageWindows windows = new ImageWindows(Shape.of(x), window);
        windows.requireSomethingSeen("maxPool2d");
        Elements from = Elements.of(x);
        Elements to = Elements.of(places);
        double[] line = new double[windows.width * windows.channels];
        float[] floats = DType.of(x) == DType.FLOAT32 ? new float[line.length] : new float[0];
        double[] largest = new double[windows.outWidth * windows.channels];
        double[] place = new double[largest.length];
        Kernel search = () -> {
            for (int out = 0; out < windows.examples * windows.outHeight; out++) {
                Arrays.fill(largest, Double.NEGATIVE_INFINITY);
                Arrays.fill(place, -1);
                for (int k = 0; k < windows.rows; k++) {
                    int seen = windows.line(out % windows.outHeight, k);
                    if (windows.hasLine(seen)) {
                        int image = out / windows.outHeight * windows.height + seen;
                        read(from, image * line.length, line, floats);
                        search(windows, line, seen * windows.width, largest, place);
                    }
                }
                placeInfinities(windows, out % windows.outHeight, place);
                to.write(out * place.length, place.length, place);
            }
        };
        return HeldKernel.ifLarge(search, x, places);
    }

    /** Looks through what a line of outputs sees in a line of the image. */
    private static void search(ImageWindows windows, double[] line, int start, double[] largest, double[] place) {
        int channels = windows.channels;
        for (int tap = 0; tap < windows.columns; tap++) {
            int end = windows.endColumn(tap);
            for (int column = windows.firstColumn(tap); column < end; column++) {
                int seen = windows.column(column, tap);
                compare(line, seen * channels, start + seen, largest, place, column * channels, channels);
            }
        }
    }

    private static void read(Elements from, int start, double[] line, float[] floats) {
        if (floats.length == 0) {
            from.read(start, line.length, line);
            return;
        }
        from.read(start, floats.length, floats);
        for (int i = 0; i < floats.length; i++) {
            line[i] = floats[i];
        }
    }

    /** Without branches, since which number is larger cannot be predicted. */
    @SuppressWarnings("ShortCircuitBoolean")
    private static void compare(
            double[] line, int from, double at, double[] largest, double[] place, int to, int channels) {
        for (int c = 0; c < channels; c++) {
            double value = line[from + c];
            double best = largest[to + c];
            // Not "value > best", so that NaN is larger than any number; no number is larger than NaN.
            boolean isLarger = !(value <= best) & !Double.isNaN(best);
            largest[to + c] = isLarger ? value : best;
            place[to + c] = isLarger ? at : place[to + c];
        }
    }

    /** Where a window sees nothing but minus infinity, which is larger than nothing, the first place counts. */
    private static void placeInfinities(ImageWindows windows, int outLine, double[] place) {
        int channels = windows.channels;
        for (int i = 0; i < place.length; i++) {
            if (place[i] < 0) {
                place[i] = first(windows, outLine, i / channels);
            }
        }
    }

    private static int first(ImageWindows windows, int outLine, int column) {
        int line = 0;
        while (!windows.hasLine(windows.line(outLine, line))) {
            line++;
        }
        int tap = 0;
        while (column < windows.firstColumn(tap) || column >= windows.endColumn(tap)) {
            tap++;
        }
        return windows.line(outLine, line) * windows.width + windows.column(column, tap);
    }
}
