package dev.ravine.spark;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The examples of one shard, small on the wire where they are consecutive.
 *
 * @param shard its number within the request
 * @param firstExample the position of its first example in the scope
 * @param count how many examples
 * @param firstRow of the data, if all are consecutive
 * @param others the rows; null if all are consecutive
 */
@SuppressWarnings("ArrayRecordComponent")
record ShardRows(int shard, int firstExample, int count, int firstRow, int[] others) implements Serializable {
    static ShardRows of(int shard, int[] rows, int from, int to) {
        boolean isRun = true;
        for (int i = from + 1; i < to && isRun; i++) {
            isRun = rows[i] == rows[from] + i - from;
        }
        return new ShardRows(shard, from, to - from, rows[from], isRun ? null : Arrays.copyOfRange(rows, from, to));
    }

    /** Writes the rows to an array. */
    void copyTo(int[] rows, int at) {
        for (int i = 0; i < count; i++) {
            rows[at + i] = row(i);
        }
    }

    int row(int i) {
        return others == null ? firstRow + i : others[i];
    }
}
