package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.LongPointer;

/** Where each window of an image in double precision has its maximum. */
final class DoubleMaxima extends WindowMaxima {
    private static final long INFINITY = 0x7ff0000000000000L;

    private final LongBuffer from;
    private final long[] line;
    /** By column of the windows, what a line of outputs sees there; the least integer outside of the image. */
    private final long[][] seen;

    private final long[] largest;
    private final long[] places;

    DoubleMaxima(ImageWindows windows, Elements.Doubles from, Elements.Longs to) {
        super(windows, to);
        this.from = new LongPointer(from.pointer()).capacity(from.size()).asBuffer();
        line = new long[windows.width * windows.channels];
        seen = new long[windows.columns][columns.length];
        for (long[] tap : seen) {
            Arrays.fill(tap, Long.MIN_VALUE);
        }
        largest = new long[columns.length];
        places = new long[columns.length];
    }

    @Override
    void read(int at) {
        from.get(at * line.length, line);
        order(line);
    }

    @Override
    void begin(int tap, int place) {
        Arrays.fill(largest, Long.MIN_VALUE);
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
            found[i] = places[i] + columns[i];
        }
    }

    /**
     * Makes integers in the order of the numbers, from their bits: negative numbers have the opposite order, minus zero
     * is zero, and NaN of either sign is the largest.
     */
    private static void order(long[] line) {
        for (int i = 0; i < line.length; i++) {
            long bits = line[i];
            long sign = bits >> 63;
            long nan = (INFINITY - (bits & Long.MAX_VALUE)) >> 63;
            line[i] = (((bits ^ (sign & Long.MAX_VALUE)) - sign) & ~nan) | (nan >>> 1);
        }
    }

    /** The larger one of each two: the mask has ones where the first is less, also where their difference overflows. */
    private static void raise(long[] largest, long[] places, long[] candidates, long place) {
        for (int i = 0; i < largest.length; i++) {
            long a = largest[i];
            long b = candidates[i];
            long p = places[i];
            long mask = ((a & ~b) | (~(a ^ b) & (a - b))) >> 63;
            largest[i] = a ^ ((a ^ b) & mask);
            places[i] = p ^ ((p ^ place) & mask);
        }
    }
}
