package dev.ravine.core.kernels;

import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;

/**
 * A window over a batch of images, as integers: output position p, counted over examples, lines and columns, sees a patch
 * of the image.
 */
final class ImageWindows {
    final int examples;
    final int height;
    final int width;
    final int channels;
    final int outHeight;
    final int outWidth;
    final int rows;
    final int columns;
    private final int strideDown;
    private final int strideRight;
    private final int top;
    private final int left;
    private final int dilationDown;
    private final int dilationRight;

    ImageWindows(Shape images, Window window) {
        Shape out = window.outputs("window", images, 1);
        examples = Math.toIntExact(images.size(0));
        height = Math.toIntExact(images.size(1));
        width = Math.toIntExact(images.size(2));
        channels = Math.toIntExact(images.size(3));
        outHeight = Math.toIntExact(out.size(1));
        outWidth = Math.toIntExact(out.size(2));
        rows = (int) window.height().size();
        columns = (int) window.width().size();
        strideDown = (int) window.height().stride();
        strideRight = (int) window.width().stride();
        top = (int) window.height().before();
        left = (int) window.width().before();
        dilationDown = (int) window.height().dilation();
        dilationRight = (int) window.width().dilation();
    }

    /** All output positions. */
    int positions() {
        return Math.multiplyExact(Math.multiplyExact(examples, outHeight), outWidth);
    }

    /** The line that row k of a window sees in an output line; outside of the image if below 0 or not below height. */
    int line(int outLine, int k) {
        return outLine * strideDown - top + k * dilationDown;
    }

    boolean hasLine(int line) {
        return line >= 0 && line < height;
    }

    /** The output line that sees a line of the image with row k of its window, or -1 if there is none. */
    int seeing(int line, int k) {
        int from = line + top - k * dilationDown;
        boolean isSeen = from >= 0 && from % strideDown == 0 && from / strideDown < outHeight;
        return isSeen ? from / strideDown : -1;
    }

    /** The first output column whose window sees the image with its column k. */
    int firstColumn(int k) {
        int offset = k * dilationRight - left;
        return offset >= 0 ? 0 : Math.min(outWidth, (-offset + strideRight - 1) / strideRight);
    }

    /** The output column after the last one whose window sees the image with its column k. */
    int endColumn(int k) {
        int last = width - 1 - (k * dilationRight - left);
        return last < 0 ? 0 : Math.min(outWidth, last / strideRight + 1);
    }

    /** The column that column k of a window sees in an output column. */
    int column(int outColumn, int k) {
        return outColumn * strideRight - left + k * dilationRight;
    }

    /** Writes the patches of some positions, each [rows, columns, count] of the channels from one on. */
    void unfold(NativeNumbers image, int first, int positions, int channel, int count, NativeNumbers patches) {
        int to = 0;
        for (int p = first; p < first + positions; p++) {
            for (int k = 0; k < rows; k++) {
                unfoldRow(image, p, k, channel, count, patches, to);
                to += columns * count;
            }
        }
    }

    private void unfoldRow(
            NativeNumbers image, int p, int k, int channel, int count, NativeNumbers patches, int to) {
        int start = start(p, k);
        if (start < 0) {
            patches.zero(to, columns * count);
            return;
        }
        int column = column(p % outWidth, 0);
        int low = firstTap(column);
        int high = Math.max(low, endTap(column));
        if (low > 0) {
            patches.zero(to, low * count);
        }
        int from = start + column * channels + channel;
        if (count == channels && dilationRight == 1) {
            image.copy(from + low * channels, patches, to + low * count, (high - low) * count);
        } else {
            for (int tap = low; tap < high; tap++) {
                image.copy(from + tap * dilationRight * channels, patches, to + tap * count, count);
            }
        }
        if (high < columns) {
            patches.zero(to + high * count, (columns - high) * count);
        }
    }

    /** Adds the patches of some positions to the image, the transpose of {@link #unfold}. */
    void fold(NativeNumbers patches, int first, int positions, int channel, int count, NativeNumbers image) {
        int from = 0;
        for (int p = first; p < first + positions; p++) {
            for (int k = 0; k < rows; k++) {
                foldRow(patches, from, p, k, channel, count, image);
                from += columns * count;
            }
        }
    }

    private void foldRow(NativeNumbers patches, int from, int p, int k, int channel, int count, NativeNumbers image) {
        int start = start(p, k);
        if (start < 0) {
            return;
        }
        int column = column(p % outWidth, 0);
        int low = firstTap(column);
        int high = Math.max(low, endTap(column));
        int to = start + column * channels + channel;
        if (count == channels && dilationRight == 1) {
            patches.addTo(from + low * count, image, to + low * channels, (high - low) * count);
        } else {
            for (int tap = low; tap < high; tap++) {
                patches.addTo(from + tap * count, image, to + tap * dilationRight * channels, count);
            }
        }
    }

    /** Where the image's line begins that row k of position p sees, or -1 if it is outside. */
    private int start(int p, int k) {
        int line = p / outWidth;
        int seen = line(line % outHeight, k);
        return hasLine(seen) ? (line / outHeight * height + seen) * width * channels : -1;
    }

    /** The first column of a window at this place that is inside of the image. */
    private int firstTap(int column) {
        return column >= 0 ? 0 : Math.min(columns, (-column + dilationRight - 1) / dilationRight);
    }

    private int endTap(int column) {
        int last = width - 1 - column;
        return last < 0 ? 0 : Math.min(columns, last / dilationRight + 1);
    }

    /**
     * Makes sure that each window sees at least one number of the image.
     *
     * @param operation named in the error
     */
    void requireSomethingSeen(String operation) {
        for (int line = 0; line < outHeight; line++) {
            boolean sees = false;
            for (int k = 0; k < rows; k++) {
                sees |= hasLine(line(line, k));
            }
            require(sees, operation, "line " + line);
        }
        for (int column = 0; column < outWidth; column++) {
            int at = column(column, 0);
            require(firstTap(at) < endTap(at), operation, "column " + column);
        }
    }

    private void require(boolean sees, String operation, String where) {
        if (!sees) {
            throw new ShapeException(operation + ": the window of output " + where + " sees padding only, in images of "
                    + height + " x " + width + "; use less padding");
        }
    }
}
