package dev.ravine.optim.shards;

import dev.ravine.core.Check;
import dev.ravine.core.Elements;

/**
 * A term of a sum over shards: what 2^level neighbouring shards contribute together, beginning at a multiple of
 * 2^level. The numbers lie in native memory of this process, or in plain arrays that came over a wire
 * ({@link Elements#of(float[])}, {@link Elements#of(double[])}).
 *
 * @param first the number of the first of the shards
 * @param level 0 for a single shard
 * @param factor by which the numbers count in the sum: a shard's are a sum over its examples, those of several shards
 *     are parts of the mean already, and their factor is 1
 * @param numbers of this term
 */
public record Term(int first, int level, double factor, Elements numbers) {
    /**
     * {@return whether two terms are the halves of a larger one, so that their sum is its numbers}
     *
     * @param first of the left term
     * @param level of the left term
     * @param otherFirst of the right term
     * @param otherLevel of the right term
     * @throws IllegalArgumentException if the left term's level is not from 0 to 30
     */
    public static boolean areSiblings(int first, int level, int otherFirst, int otherLevel) {
        Check.whole("the level of a term", level, 0, 30);
        return level == otherLevel && first + (1L << level) == otherFirst && first % (2L << level) == 0;
    }

    /** {@return what one shard of a request adds: its sums over examples} */
    static Term of(ShardRequest request, int shard, Elements sums) {
        return new Term(shard, 0, request.factor(), sums);
    }

    /** {@return the number of the shard after the last one} */
    int end() {
        return first + (1 << level);
    }
}
