package dev.ravine.optim.shards;

import dev.ravine.autodiff.Statistic;
import dev.ravine.core.Check;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which shards to evaluate, at which point, and what to compute. Shard i holds the examples rows[bounds[i]] to
 * rows[bounds[i + 1] - 1]. Arrays are not copied and must not change.
 *
 * @param theta the point
 * @param rows row numbers of the data
 * @param bounds the index in {@code rows} at which each shard begins, and the end of the last one
 * @param total the weight of all examples of the scope, by which sums are divided; their number if all count alike
 * @param noise the seed of all randomness
 * @param wantsGradient whether to compute gradients beside losses
 * @param statistic what to compute beside the gradient, or null
 * @param firstExample the position in the scope of the example {@code rows[0]}: 0, unless this is a part of a request
 */
@SuppressWarnings("ArrayRecordComponent")
public record ShardRequest(
        INDArray theta,
        int[] rows,
        int[] bounds,
        double total,
        long noise,
        boolean wantsGradient,
        Statistic statistic,
        int firstExample) {
    /**
     * A whole request.
     *
     * @param theta the point
     * @param rows row numbers of the data
     * @param bounds the index in {@code rows} at which each shard begins, and the end of the last one
     * @param total the weight of all these examples; their number if all count alike
     * @param noise the seed of all randomness
     * @param wantsGradient whether to compute gradients beside losses
     * @param statistic what to compute beside the gradient, or null
     */
    public ShardRequest(
            INDArray theta,
            int[] rows,
            int[] bounds,
            double total,
            long noise,
            boolean wantsGradient,
            Statistic statistic) {
        this(theta, rows, bounds, total, noise, wantsGradient, statistic, 0);
    }

    /** {@return the factor of a shard's sums in the mean; 0 if no example has a weight, whatever they are} */
    public double factor() {
        return total == 0 ? 0 : 1 / total;
    }

    /**
     * {@return a mean; 0 if no example has a weight}
     *
     * @param sum over the examples of all shards
     */
    public double mean(double sum) {
        return total == 0 ? 0 : sum / total;
    }

    /** {@return the number of shards} */
    public int shards() {
        return bounds.length - 1;
    }

    /**
     * {@return the number of examples in a shard}
     *
     * @param i the shard
     */
    public int size(int i) {
        int from = bounds[Check.index("shard", i, bounds.length - 1)];
        return bounds[i + 1] - from;
    }
}
