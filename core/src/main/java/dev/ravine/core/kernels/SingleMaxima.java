package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.util.Arrays;

/**
 * Where each window of an image in single precision has its maximum. Number and place together make a long integer: the
 * number above, in the order of integers, and below it what is left of the places, so that the first of equal numbers
 * makes the largest integer. The maximum of integers needs no branch that a processor would have to guess.
 */
final class SingleMaxima implements Kernel {
    private static final long PLACES = 0xffffffffL;

    private final ImageWindows windows;
    private final Elements.Floats from;
    private final Elements.Longs to;
    private final float[] line;
    private final long[] keys;
    private final long[] largest;

    SingleMaxima(ImageWindows windows, Elements.Floats from, Elements.Longs to) {
        this.windows = windows;
        this.from = from;
        this.to = to;
        line = new float[windows.width * windows.channels];
        keys = new long[line.length];
        largest = new long[windows.outWidth * windows.channels];
    }

    @Override
    public void run() {
        for (int out = 0; out < windows.examples * windows.outHeight; out++) {
            Arrays.fill(largest, Long.MIN_VALUE);
            for (int k = 0; k < windows.rows; k++) {
                int seen = windows.line(out % windows.outHeight, k);
                if (windows.hasLine(seen)) {
                    from.buffer().get((out / windows.outHeight * windows.height + seen) * line.length, line);
                    order();
                    search(seen * windows.width);
                }
            }
            for (int i = 0; i < largest.length; i++) {
                largest[i] = PLACES - (largest[i] & PLACES);
            }
            to.buffer().put(out * largest.length, largest);
        }
    }

    /** Makes integers in the order of the numbers; NaN is the largest, and there is one zero. */
    private void order() {
        for (int i = 0; i < line.length; i++) {
            int bits = Float.floatToIntBits(line[i] + 0f);
            keys[i] = (long) (bits ^ ((bits >> 31) & Integer.MAX_VALUE)) << 32;
        }
    }

    private void search(int start) {
        int channels = windows.channels;
        for (int tap = 0; tap < windows.columns; tap++) {
            int end = windows.endColumn(tap);
            for (int column = windows.firstColumn(tap); column < end; column++) {
                int seen = windows.column(column, tap);
                raise(seen * channels, PLACES - (start + seen), column * channels, channels);
            }
        }
    }

    private void raise(int first, long place, int at, int channels) {
        for (int c = 0; c < channels; c++) {
            largest[at + c] = Math.max(largest[at + c], keys[first + c] | place);
        }
    }
}
