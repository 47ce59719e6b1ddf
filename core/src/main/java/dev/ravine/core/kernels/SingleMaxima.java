package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.IntPointer;

/** Where each window of an image in single precision has its maximum. */
final class SingleMaxima extends WindowMaxima {
    private static final int INFINITY = 0x7f800000;

    private final IntBuffer from;
    private final int[] line;
    /** By column of the windows, what a line of outputs sees there; the least integer outside of the image. */
    private final int[][] seen;

    private final int[] largest;
    private final int[] places;

    SingleMaxima(ImageWindows windows, Elements.Floats from, Elements.Longs to) {
        super(windows, to);
        this.from = new IntPointer(from.pointer()).capacity(from.size()).asBuffer();
        line = new int[windows.width * windows.channels];
        seen = new int[windows.columns][columns.length];
        for (int[] tap : seen) {
            Arrays.fill(tap, Integer.MIN_VALUE);
        }
        largest = new int[columns.length];
        places = new int[columns.length];
    }

    @Override
    void read(int at) {
        from.get(at * line.length, line);
        order(line);
    }

    @Override
    void begin(int tap, int place) {
        Arrays.fill(largest, Integer.MIN_VALUE);
        spread(tap, line, largest);
        Arrays.fill(places, place);
    }

    @Override
    void compare(int tap, int place) {
        spread(tap, line, seen[tap]);
        raise(largest, places, seen[tap], place);
    }

    @Override
    void end(long[] found) {
        for (int i = 0; i < found.length; i++) {
            int place = places[i] + columns[i];
            found[i] = place;
        }
    }

    /**
     * Makes integers in the order of the numbers, from their bits: negative numbers have the opposite order, minus zero
     * is zero, and NaN of either sign is the largest.
     */
    private static void order(int[] line) {
        for (int i = 0; i < line.length; i++) {
            int bits = line[i];
            int sign = bits >> 31;
            int nan = (INFINITY - (bits & Integer.MAX_VALUE)) >> 31;
            line[i] = (((bits ^ (sign & Integer.MAX_VALUE)) - sign) & ~nan) | (nan >>> 1);
        }
    }

    /** The larger one of each two: the mask has ones where the first is less, also where their difference overflows. */
    private static void raise(int[] largest, int[] places, int[] candidates, int place) {
        for (int i = 0; i < largest.length; i++) {
            int a = largest[i];
            int b = candidates[i];
            int p = places[i];
            int mask = ((a & ~b) | (~(a ^ b) & (a - b))) >> 31;
            largest[i] = a ^ ((a ^ b) & mask);
            places[i] = p ^ ((p ^ place) & mask);
        }
    }
}
