package dev.ravine.optim.firstorder;

import dev.ravine.core.Rng;
import dev.ravine.core.data.Batches;
import dev.ravine.optim.OptimizerState;
import java.util.Map;

/** An optimizer's place in its data. A step that fails leaves it where it was. */
final class BatchCursor {
    private final int batchSize;
    private final long seed;
    private Batches batches;
    private int epoch;
    private int position;

    /**
     * The first batch of epoch 0 comes next.
     *
     * @param batchSize examples of a batch, 0 for all
     * @param seed of the order and of the noise
     */
    BatchCursor(int batchSize, long seed) {
        this.batchSize = batchSize;
        this.seed = seed;
    }

    /**
     * The rows of the next batch, the same until {@link #advance}.
     *
     * @param block how many neighbouring examples are visited close to one another
     */
    int[] next(int examples, int block) {
        if (batches == null) {
            int size = batchSize == 0 ? examples : Math.min(batchSize, examples);
            batches = new Batches(examples, size, seed, block);
        }
        batches.seek(epoch, position);
        return batches.next();
    }

    /** The noise of a step, which counts from 0. */
    long noise(long step) {
        return new Rng(seed).split(step).nextLong();
    }

    /** Moves past the batch that {@link #next} gave. */
    void advance() {
        epoch = batches.epoch();
        position = batches.position();
    }

    /** Moves past the next batch without using it. */
    void skip() {
        batches.seek(epoch, position);
        batches.next();
        advance();
    }

    /** Whether there has been a batch, so that the number of examples is known. */
    boolean hasBegun() {
        return batches != null;
    }

    boolean isAtStartOfEpoch() {
        return position == 0;
    }

    Map<String, Double> stateNumbers() {
        return Map.of(
                "epoch", (double) epoch,
                "position", (double) position,
                "batch_size", (double) batchSize,
                "seed", (double) seed);
    }

    /**
     * Checks a state without taking it over.
     *
     * @throws IllegalArgumentException if a setting differs, or a number is missing or out of range
     */
    void require(OptimizerState state) {
        state.requireSetting("batch_size", batchSize);
        state.requireSetting("seed", (double) seed);
        state.count("epoch", Integer.MAX_VALUE - 1);
        state.count("position", Integer.MAX_VALUE);
    }

    void restoreState(OptimizerState state) {
        epoch = state.count("epoch", Integer.MAX_VALUE - 1);
        position = state.count("position", Integer.MAX_VALUE);
    }

    @Override
    public String toString() {
        return "batch " + position + " of epoch " + epoch + " (both from 0)";
    }
}
