package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.util.Arrays;

/**
 * Where each window of an image has its maximum. Numbers become integers in the same order. What a column of the
 * windows sees in a line of the image goes into one array for a whole line of outputs, and one pass keeps the larger
 * numbers and their places. The passes are arithmetic without branches, which becomes vector instructions.
 */
abstract sealed class WindowMaxima implements Kernel permits SingleMaxima, DoubleMaxima {
    /** How they move over the images. */
    final ImageWindows windows;

    /** By output of a line: the place that column 0 of its window sees in line 0 of the image. */
    final int[] columns;

    private final Elements.Longs to;
    private final long[] places;

    WindowMaxima(ImageWindows windows, Elements.Longs to) {
        this.windows = windows;
        this.to = to;
        places = new long[windows.outWidth * windows.channels];
        columns = new int[places.length];
        Arrays.setAll(columns, i -> windows.column(i / windows.channels, 0));
    }

    /** Reads a line of all images as integers in the order of its numbers, all above the least integer. */
    abstract void read(int line);

    /** Begins anew with what a column of the windows sees in that line; its place is that of output column 0. */
    abstract void begin(int tap, int place);

    /** Compares what another column sees with the largest numbers before. */
    abstract void compare(int tap, int place);

    /** Hands over the places of the maxima. */
    abstract void end(long[] places);

    @Override
    public void run() {
        for (int out = 0; out < windows.examples * windows.outHeight; out++) {
            int image = out / windows.outHeight * windows.height;
            boolean isFirst = true;
            for (int k = 0; k < windows.rows; k++) {
                int at = windows.line(out % windows.outHeight, k);
                if (windows.hasLine(at)) {
                    read(image + at);
                    for (int tap = 0; tap < windows.columns; tap++) {
                        int place = at * windows.width + tap * windows.dilationRight;
                        if (isFirst) {
                            begin(tap, place);
                        } else {
                            compare(tap, place);
                        }
                        isFirst = false;
                    }
                }
            }
            end(places);
            to.buffer().put(out * places.length, places);
        }
    }

    /** Copies the pixels that a column of the windows sees, from one Java array to another of the same type. */
    @SuppressWarnings("SuspiciousSystemArraycopy") // Both are int[], or both are long[].
    final void spread(int tap, Object line, Object target) {
        int channels = windows.channels;
        int end = windows.endColumn(tap);
        for (int column = windows.firstColumn(tap); column < end; column++) {
            System.arraycopy(line, windows.column(column, tap) * channels, target, column * channels, channels);
        }
    }
}
