package dev.ravine.optim.shards;

import dev.ravine.core.Check;

/**
 * How a scope is cut into shards: by its examples and the model alone, so that sums do not depend on the machine.
 *
 * @param largest the largest number of examples in a shard
 * @param splitFrom the number of examples from which there are at least two shards; {@link #BY_WORK} for as many as
 *     make two shards worth while
 */
public record ShardSizes(int largest, int splitFrom) {
    /** Two shards from that number of examples on whose gradient takes a quarter of a millisecond or so. */
    public static final int BY_WORK = 0;

    /** From this number of examples on there are always two shards, unless a setting says otherwise. */
    private static final int MANY = 64;
    /** The floating-point operations of a gradient that are worth a second worker. */
    private static final double WORTH_SPLITTING = 2.5e7;

    /**
     * {@return the index at which each shard begins, and the end of the last one; sizes are equal up to one example}
     *
     * @param examples how many there are, at least 1
     * @throws IllegalArgumentException if there are none
     */
    public int[] bounds(int examples) {
        Check.atLeastOne("the number of examples", examples);
        int from = splitFrom == BY_WORK ? MANY : splitFrom;
        int count = Math.max(1 + (examples - 1) / largest, examples >= from ? 2 : 1);
        int[] bounds = new int[Check.arrayLength("the bounds of shards", 1L + count, Integer.BYTES)];
        for (int i = 0; i <= count; i++) {
            bounds[i] = (int) ((long) examples * i / count);
        }
        return bounds;
    }

    /**
     * {@return sizes that do not depend on work any more}
     *
     * @param gradientCost the floating-point operations of one example's gradient
     */
    public ShardSizes forWork(double gradientCost) {
        if (splitFrom != BY_WORK) {
            return this;
        }
        double enough = Math.ceil(WORTH_SPLITTING / Math.max(1, gradientCost));
        return new ShardSizes(largest, (int) Math.max(2, Math.min(MANY, enough)));
    }
}
