package dev.ravine.core.data;

import dev.ravine.core.Check;
import dev.ravine.core.Rng;

/**
 * An order of examples in which those that are near one another in a file are near in time: full blocks in a random
 * order, and the examples of each {@value #WINDOW} successive blocks mixed. A last, shorter block stays last. It holds
 * the order of one window at a time.
 */
final class BlockOrder {
    /** Successive blocks whose examples are mixed. */
    static final int WINDOW = 16;

    private final int examples;
    private final int block;
    private final int[] blocks;
    private final int[] order;
    private Rng rng;
    private int window;

    BlockOrder(int examples, int block) {
        this.examples = examples;
        this.block = block;
        this.blocks = new int[Check.arrayLength("blocks", examples / block, Integer.BYTES)];
        this.order = new int
                [Check.arrayLength(
                        "examples of " + WINDOW + " blocks", Math.min(examples, (long) WINDOW * block), Integer.BYTES)];
    }

    /** Begins an epoch, whose random numbers come from here. */
    void begin(Rng epoch) {
        rng = epoch;
        window = -1;
        if (blocks.length > 0) {
            epoch.split("blocks").permute(blocks);
        }
    }

    /** The example at a place of the epoch. */
    int at(int place) {
        int wanted = place / order.length;
        if (wanted != window) {
            load(wanted);
        }
        int within = wanted * order.length + order[place % order.length];
        return within / block < blocks.length ? blocks[within / block] * block + within % block : within;
    }

    private void load(int wanted) {
        window = wanted;
        int size = Math.min(order.length, examples - wanted * order.length);
        int[] mixed = rng.split(wanted).permutation(size);
        System.arraycopy(mixed, 0, order, 0, size);
    }
}
