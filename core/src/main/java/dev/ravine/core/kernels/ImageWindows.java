package dev.ravine.core.kernels;

import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;

/**
 * A window over a batch of images, as integers: output position p, counted over examples, lines and columns, sees a
 * patch of the image.
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
    final int strideRight;
    private final int top;
    private final int left;
    private final int dilationDown;
    final int dilationRight;

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
            boolean sees = false;
            for (int tap = 0; tap < columns; tap++) {
                sees |= column >= firstColumn(tap) && column < endColumn(tap);
            }
            require(sees, operation, "column " + column);
        }
    }

    private void require(boolean sees, String operation, String where) {
        if (!sees) {
            throw new ShapeException(operation + ": the window of output " + where + " sees padding only, in images of "
                    + height + " x " + width + "; use less padding");
        }
    }
}
