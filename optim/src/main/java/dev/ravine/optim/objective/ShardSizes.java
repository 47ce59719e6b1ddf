package dev.ravine.optim.objective;

/**
 * How a scope is cut into shards: by the number of its examples alone, so that sums do not depend on the machine.
 *
 * @param largest how many examples a shard has at most
 * @param splitFrom from how many examples on there are at least two shards
 */
record ShardSizes(int largest, int splitFrom) {
    /** Where shards begin, and their end: equal sizes up to one example. */
    int[] bounds(int examples) {
        int count = Math.max((examples + largest - 1) / largest, examples >= splitFrom ? 2 : 1);
        int[] bounds = new int[count + 1];
        for (int i = 0; i <= count; i++) {
            bounds[i] = (int) ((long) examples * i / count);
        }
        return bounds;
    }
}
