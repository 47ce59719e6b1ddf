package dev.ravine.optim.objective;

import dev.ravine.autodiff.Statistic;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which shards to evaluate, at which point, and what of. Shard i holds the examples rows[bounds[i]] to
 * rows[bounds[i + 1] - 1].
 *
 * @param theta the point
 * @param rows row numbers of the data
 * @param bounds where shards begin in {@code rows}, and their end
 * @param noise the seed of all randomness
 * @param wantsGradient whether gradients are wanted beside losses
 * @param statistic computed beside the gradient, or null
 */
public record ShardRequest(
        INDArray theta, int[] rows, int[] bounds, long noise, boolean wantsGradient, Statistic statistic) {
    /** {@return the number of shards} */
    public int shards() {
        return bounds.length - 1;
    }

    /**
     * {@return the number of examples in a shard}
     *
     * @param i which shard
     */
    public int size(int i) {
        return bounds[i + 1] - bounds[i];
    }
}
