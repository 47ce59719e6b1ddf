package dev.ravine.core.data;

import dev.ravine.core.Check;
import dev.ravine.core.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which training visits its examples: every epoch is a new permutation, cut into batches. The order
 * depends only on the seed and the epoch, so a resumed run sees the same batches as an uninterrupted one.
 */
public final class Batches {
    private final int examples;
    private final int batchSize;
    private final Rng rng;
    private int epoch;
    private int position;
    private int[] order;
    private boolean hasBegun;

    /** Null for a permutation of all examples. */
    private final BlockOrder blocks;

    /**
     * Begins before the first batch of epoch 0.
     *
     * @param examples the number of examples, at least 1
     * @param batchSize rows per batch, at least 1; the last batch of an epoch has the remainder
     * @param seed the same seed gives the same batches
     * @throws IllegalArgumentException if a size is less than 1
     */
    public Batches(int examples, int batchSize, long seed) {
        this(examples, batchSize, seed, 1);
    }

    /**
     * Begins before the first batch of epoch 0, in an order that keeps neighbours of a file near one another in time:
     * blocks in a random order, and the examples of {@value BlockOrder#WINDOW} successive blocks mixed. A last block
     * that is not full stays last.
     *
     * @param examples the number of examples, at least 1
     * @param batchSize rows per batch, at least 1; the last batch of an epoch has the remainder
     * @param seed the same seed gives the same batches
     * @param block examples of a block, at least 1; 1 for a permutation of all examples
     * @throws IllegalArgumentException if a size is less than 1
     */
    public Batches(int examples, int batchSize, long seed, int block) {
        checkSizes(examples, batchSize);
        this.examples = examples;
        this.batchSize = batchSize;
        this.rng = new Rng(seed);
        this.blocks = Check.atLeastOne("examples of a block", block) == 1 ? null : new BlockOrder(examples, block);
        seek(0, 0);
    }

    /**
     * The rows of the next batch; after the last batch of an epoch comes the first of the next one.
     *
     * @return row indices, in an array that the caller may keep
     */
    public int[] next() {
        int from = position * batchSize;
        int count = Math.min(batchSize, examples - from);
        int[] rows = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i] = blocks == null ? order[from + i] : blocks.at(from + i);
        }
        position++;
        if (position == batchesPerEpoch()) {
            seek(epoch + 1, 0);
        }
        return rows;
    }

    /** {@return the epoch of the next batch, from 0} */
    public int epoch() {
        return epoch;
    }

    /** {@return the index of the next batch in its epoch, from 0 to {@link #batchesPerEpoch()} - 1} */
    public int position() {
        return position;
    }

    /**
     * Continues at another place, for example that of a checkpoint.
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
        if (!hasBegun || epoch != this.epoch) {
            begin(epoch);
        }
        this.epoch = epoch;
        this.position = position;
    }

    private void begin(int wanted) {
        if (blocks != null) {
            blocks.begin(rng.split(wanted));
        } else {
            order = order == null ? new int[arrayLength(examples)] : order;
            rng.split(wanted).permute(order);
        }
        hasBegun = true;
    }

    /** {@return the number of batches that visit every example once, at least 1} */
    public int batchesPerEpoch() {
        return count(examples, batchSize);
    }

    /**
     * All rows once and in order, for evaluation.
     *
     * @param examples the number of examples, at least 1
     * @param batchSize rows per batch, at least 1; the last batch has the remainder
     * @return the row indices of each batch
     * @throws IllegalArgumentException if a size is less than 1
     */
    public static List<int[]> sequential(int examples, int batchSize) {
        checkSizes(examples, batchSize);
        arrayLength(examples);
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

    private static int arrayLength(int examples) {
        return Check.arrayLength("the examples of batches", examples, Integer.BYTES);
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

    @Override
    public String toString() {
        return "Batches[" + examples + " examples, " + batchSize + " at a time]";
    }
}
