package dev.ravine.core.data;

import dev.ravine.core.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which training visits its examples: every epoch is a fresh permutation, cut into batches. The order
 * depends on the seed and the epoch only, so that a resumed run sees what an uninterrupted one would have seen.
 */
public final class Batches {
    private final int examples;
    private final int batchSize;
    private final Rng rng;
    private int epoch;
    private int position;
    private int[] order;

    /**
     * The first batch of epoch 0 comes next.
     *
     * @param examples how many examples there are, at least 1
     * @param batchSize rows of a batch, at least 1; the last batch of an epoch has the remainder
     * @param seed the same seed gives the same batches
     * @throws IllegalArgumentException if a size is less than 1
     */
    public Batches(int examples, int batchSize, long seed) {
        checkSizes(examples, batchSize);
        this.examples = examples;
        this.batchSize = batchSize;
        this.rng = new Rng(seed);
        seek(0, 0);
    }

    /**
     * The rows of the next batch; after the last batch of an epoch comes the first of the next one.
     *
     * @return row indices, the caller's to keep
     */
    public int[] next() {
        int from = position * batchSize;
        int[] rows = Arrays.copyOfRange(order, from, from + Math.min(batchSize, examples - from));
        position++;
        if (position == batchesPerEpoch()) {
            seek(epoch + 1, 0);
        }
        return rows;
    }

    /**
     * The epoch of the next batch.
     *
     * @return from 0
     */
    public int epoch() {
        return epoch;
    }

    /**
     * The place of the next batch in its epoch.
     *
     * @return from 0 to {@link #batchesPerEpoch()} - 1
     */
    public int position() {
        return position;
    }

    /**
     * Continues elsewhere, for example where a checkpoint was taken.
     *
     * @param epoch as {@link #epoch()} gave it
     * @param position as {@link #position()} gave it
     * @throws IllegalArgumentException if there is no such batch
     */
    public void seek(int epoch, int position) {
        if (epoch < 0 || position < 0 || position >= batchesPerEpoch()) {
            throw new IllegalArgumentException("no batch " + position + " in epoch " + epoch
                    + ": epochs count from 0 and batches from 0 to " + (batchesPerEpoch() - 1));
        }
        if (order == null || epoch != this.epoch) {
            order = order == null ? new int[examples] : order;
            rng.split(epoch).permute(order);
        }
        this.epoch = epoch;
        this.position = position;
    }

    /**
     * How many batches visit every example once.
     *
     * @return at least 1
     */
    public int batchesPerEpoch() {
        return count(examples, batchSize);
    }

    /**
     * Every row once, in order: for evaluation.
     *
     * @param examples how many examples there are, at least 1
     * @param batchSize rows of a batch, at least 1; the last batch has the remainder
     * @return the row indices of each batch
     * @throws IllegalArgumentException if a size is less than 1
     */
    public static List<int[]> sequential(int examples, int batchSize) {
        checkSizes(examples, batchSize);
        List<int[]> batches = new ArrayList<>(count(examples, batchSize));
        for (int from = 0; from < examples; ) {
            int start = from;
            int[] rows = new int[Math.min(batchSize, examples - from)];
            Arrays.setAll(rows, i -> start + i);
            batches.add(rows);
            from += rows.length;
        }
        return batches;
    }

    private static int count(int examples, int batchSize) {
        return (examples - 1) / batchSize + 1;
    }

    private static void checkSizes(int examples, int batchSize) {
        if (examples < 1 || batchSize < 1) {
            throw new IllegalArgumentException("batches need at least 1 example and 1 row a batch, found " + examples
                    + " examples and batch size " + batchSize);
        }
    }
}
