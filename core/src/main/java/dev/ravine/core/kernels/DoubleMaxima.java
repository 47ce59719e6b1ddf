package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.util.Arrays;

/** Where each window of an image in double precision has its maximum. */
final class DoubleMaxima implements Kernel {
    private final ImageWindows windows;
    private final Elements.Doubles from;
    private final Elements.Longs to;
    private final double[] line;
    private final double[] largest;
    private final long[] places;

    DoubleMaxima(ImageWindows windows, Elements.Doubles from, Elements.Longs to) {
        this.windows = windows;
        this.from = from;
        this.to = to;
        line = new double[windows.width * windows.channels];
        largest = new double[windows.outWidth * windows.channels];
        places = new long[largest.length];
    }

    @Override
    public void run() {
        for (int out = 0; out < windows.examples * windows.outHeight; out++) {
            Arrays.fill(places, -1);
            for (int k = 0; k < windows.rows; k++) {
                int seen = windows.line(out % windows.outHeight, k);
                if (windows.hasLine(seen)) {
                    from.buffer().get((out / windows.outHeight * windows.height + seen) * line.length, line);
                    search(seen * windows.width);
                }
            }
            to.buffer().put(out * places.length, places);
        }
    }

    private void search(int start) {
        int channels = windows.channels;
        for (int tap = 0; tap < windows.columns; tap++) {
            int end = windows.endColumn(tap);
            for (int column = windows.firstColumn(tap); column < end; column++) {
                int seen = windows.column(column, tap);
                compare(seen * channels, start + seen, column * channels, channels);
            }
        }
    }

    /** The first number that a window sees counts, until there is a larger one; no number is larger than NaN. */
    private void compare(int first, long place, int at, int channels) {
        for (int c = 0; c < channels; c++) {
            double value = line[first + c];
            double best = largest[at + c];
            if (places[at + c] < 0 || value > best || (Double.isNaN(value) && !Double.isNaN(best))) {
                largest[at + c] = value;
                places[at + c] = place;
            }
        }
    }
}
