package dev.ravine.optim.shards;

/**
 * How a scope is cut into shards: by the number of its examples alone, so that sums do not depend on the machine.
 *
 * @param largest the largest number of examples in a shard
 * @param splitFrom the number of examples from which there are at least two shards
 */
public record ShardSizes(int largest, int splitFrom) {
    /**
     * {@return the index at which each shard begins, and the end of the last one; sizes are equal up to one example}
     *
     * @param examples how many there are
     */
    public int[] bounds(int examples) {
        int count = Math.max((examples + largest - 1) / largest, examples >= splitFrom ? 2 : 1);
        int[] bounds = new int[count + 1];
        for (int i = 0; i <= count; i++) {
            bounds[i] = (int) ((long) examples * i / count);
        }
        return bounds;
    }
}
