package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.IntPointer;

/**
 * Where each window of an image in single precision has its maximum. Numbers become integers in the same order. What a
 * place of the window sees in a whole line of outputs is put into one array. One pass over these arrays finds the
 * largest integers, a second one, backwards, the first places that have them. Both are arithmetic without branches,
 * which becomes vector instructions.
 */
final class SingleMaxima implements Kernel {
    private static final int FIRST_NAN = 0x7f800001;

    private final ImageWindows windows;
    private final IntBuffer from;
    private final Elements.Longs to;
    private final int[] line;
    /** By row and column of the window, what a line of outputs sees there; outside of the image the least integer. */
    private final int[][][] seen;
    /** By column of the window, the column of the image that each output sees. */
    private final int[][] columns;

    private final int[] largest;
    private final int[] places;
    private final long[] written;

    SingleMaxima(ImageWindows windows, Elements.Floats from, Elements.Longs to) {
        this.windows = windows;
        this.from = new IntPointer(from.pointer()).capacity(from.size()).asBuffer();
        this.to = to;
        int count = windows.outWidth * windows.channels;
        line = new int[windows.width * windows.channels];
        seen = new int[windows.rows][windows.columns][count];
        columns = new int[windows.columns][count];
        for (int tap = 0; tap < windows.columns; tap++) {
            for (int i = 0; i < count; i++) {
                columns[tap][i] = windows.column(i / windows.channels, tap);
            }
            for (int k = 0; k < windows.rows; k++) {
                Arrays.fill(seen[k][tap], Integer.MIN_VALUE);
            }
        }
        largest = new int[count];
        places = new int[count];
        written = new long[count];
    }

    @Override
    public void run() {
        for (int out = 0; out < windows.examples * windows.outHeight; out++) {
            int image = out / windows.outHeight * windows.height;
            int outLine = out % windows.outHeight;
            Arrays.fill(largest, Integer.MIN_VALUE);
            for (int k = 0; k < windows.rows; k++) {
                int at = windows.line(outLine, k);
                if (windows.hasLine(at)) {
                    from.get((image + at) * line.length, line);
                    order(line);
                    for (int tap = 0; tap < windows.columns; tap++) {
                        spread(tap, seen[k][tap]);
                        raise(largest, seen[k][tap]);
                    }
                }
            }
            for (int k = windows.rows - 1; k >= 0; k--) {
                int at = windows.line(outLine, k);
                for (int tap = windows.columns - 1; tap >= 0 && windows.hasLine(at); tap--) {
                    find(seen[k][tap], columns[tap], at * windows.width, largest, places);
                }
            }
            for (int i = 0; i < places.length; i++) {
                written[i] = places[i];
            }
            to.buffer().put(out * written.length, written);
        }
    }

    /**
     * Makes integers in the order of the numbers, from their bits: negative numbers have the opposite order, minus zero
     * is zero, and NaN of either sign is the largest.
     */
    private static void order(int[] line) {
        for (int i = 0; i < line.length; i++) {
            int bits = line[i];
            int key = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
            int next = key + 1;
            int zero = ((next | -next) >>> 31) ^ 1;
            int nan = ~(((bits & Integer.MAX_VALUE) - FIRST_NAN) >> 31);
            line[i] = ((key + zero) & ~nan) | (Integer.MAX_VALUE & nan);
        }
    }

    /** Copies the pixels that a column of the windows sees. */
    private void spread(int tap, int[] target) {
        int channels = windows.channels;
        int end = windows.endColumn(tap);
        for (int column = windows.firstColumn(tap); column < end; column++) {
            System.arraycopy(line, windows.column(column, tap) * channels, target, column * channels, channels);
        }
    }

    /** The larger one of each two: the mask has ones where the first is less, also where their difference overflows. */
    private static void raise(int[] largest, int[] candidates) {
        for (int i = 0; i < largest.length; i++) {
            int a = largest[i];
            int b = candidates[i];
            int mask = ((a & ~b) | (~(a ^ b) & (a - b))) >> 31;
            largest[i] = a ^ ((a ^ b) & mask);
        }
    }

    /** Keeps the place where the numbers differ, which a mask of ones says. */
    private static void find(int[] candidates, int[] columns, int start, int[] largest, int[] places) {
        for (int i = 0; i < places.length; i++) {
            int difference = candidates[i] ^ largest[i];
            int mask = (difference | -difference) >> 31;
            places[i] = (places[i] & mask) | ((start + columns[i]) & ~mask);
        }
    }
}
