package dev.ravine.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which numbers of a rising sequence are still in use, at one moment.
 *
 * @param upTo the largest one that had been given out
 * @param used those of them in use
 */
@SuppressWarnings("ArrayRecordComponent")
record Live(long upTo, long[] used) implements Serializable {
    /** Whether a number is known to be in use no more. */
    boolean isOver(long number) {
        return number <= upTo && Arrays.binarySearch(used, number) < 0;
    }

    /** Gives numbers out. */
    static final class Sequence {
        private final Set<Long> used = new TreeSet<>();
        private long last;

        synchronized long begin() {
            last++;
            used.add(last);
            return last;
        }

        synchronized void end(long number) {
            used.remove(number);
        }

        synchronized Live now() {
            return new Live(last, used.stream().mapToLong(Long::longValue).toArray());
        }
    }
}
