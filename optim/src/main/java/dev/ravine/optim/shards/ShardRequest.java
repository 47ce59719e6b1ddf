package dev.ravine.optim.shards;

import dev.ravine.autodiff.Statistic;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which shards to evaluate, at which point, and what to compute. Shard i holds the examples rows[bounds[i]] to
 * rows[bounds[i + 1] - 1].
 */
public final class ShardRequest {
    private final INDArray theta;
    private final int[] rows;
    private final int[] bounds;
    private final long noise;
    private final boolean wantsGradient;
    private final Statistic statistic;

    /**
     * A request; arrays are not copied and must not change.
     *
     * @param theta the point
     * @param rows row numbers of the data
     * @param bounds the index in {@code rows} at which each shard begins, and the end of the last one
     * @param noise the seed of all randomness
     * @param wantsGradient whether to compute gradients beside losses
     * @param statistic what to compute beside the gradient, or null
     */
    public ShardRequest(
            INDArray theta, int[] rows, int[] bounds, long noise, boolean wantsGradient, Statistic statistic) {
        this.theta = theta;
        this.rows = rows;
        this.bounds = bounds;
        this.noise = noise;
        this.wantsGradient = wantsGradient;
        this.statistic = statistic;
    }

    /** {@return the point} */
    public INDArray theta() {
        return theta;
    }

    /** {@return the row numbers of the data, not to be changed} */
    public int[] rows() {
        return rows;
    }

    /**
     * {@return the index in {@link #rows} at which each shard begins, and the end of the last one; not to be changed}
     */
    public int[] bounds() {
        return bounds;
    }

    /** {@return the seed of all randomness} */
    public long noise() {
        return noise;
    }

    /** {@return whether to compute gradients beside losses} */
    public boolean wantsGradient() {
        return wantsGradient;
    }

    /** {@return what to compute beside the gradient, or null} */
    public Statistic statistic() {
        return statistic;
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
        return bounds[i + 1] - bounds[i];
    }
}
