package dev.ravine.spark;

/**
 * Predicts how long the jobs of a step take on a number of executors, from a few measured times. A job sends one vector
 * to all executors, computes shards in waves, and brings one vector of each shard to the driver, which adds them.
 *
 * <p>The model: an empty job takes a fixed time. A broadcast goes from executor to executor in pieces, so the driver
 * sends the vector about once, and the last executor has it after twice that time. Shards are computed in waves, one on
 * each executor. The driver's line carries the results one after the other.
 *
 * @param jobSeconds the time of a job that computes and carries next to nothing
 * @param bytesPerSecond what the driver's line carries, serialization included
 * @param shardSeconds the arithmetic of one shard
 * @param shards in a full pass
 * @param vectorBytes of the parameters
 */
public record ClusterPlan(
        double jobSeconds, double bytesPerSecond, double shardSeconds, long shards, double vectorBytes) {
    /** Where the sums of shards are made. */
    public enum Sum {
        /** Every shard's vector goes to the driver, as {@link SparkObjective} does it. */
        AT_DRIVER,
        /**
         * Each executor adds one slice of the vectors of all shards, and the driver gets the slices: a reduce-scatter.
         * Not built.
         */
        BY_SLICES,
        /**
         * The optimizer is cut into slices, too: each executor keeps its slice and gives it to the others, in a ring.
         * Not built.
         */
        RING
    }

    /**
     * Refuses what cannot be.
     *
     * @param jobSeconds not negative
     * @param bytesPerSecond above 0
     * @param shardSeconds above 0
     * @param shards at least 1
     * @param vectorBytes above 0
     */
    public ClusterPlan {
        boolean isValid = jobSeconds >= 0 && bytesPerSecond > 0 && shardSeconds > 0 && shards >= 1 && vectorBytes > 0;
        if (!isValid) {
            throw new IllegalArgumentException("a plan needs times, a line and sizes above 0, found " + jobSeconds
                    + " s a job, " + bytesPerSecond + " bytes/s, " + shardSeconds + " s a shard, " + shards
                    + " shards and vectors of " + vectorBytes + " bytes");
        }
    }

    /**
     * {@return the time of one job in seconds}
     *
     * @param executors of one core each, at least 1
     * @param sum where sums are made
     */
    public double seconds(long executors, Sum sum) {
        return jobSeconds + arithmetic(executors) + transport(executors, sum);
    }

    private double arithmetic(long executors) {
        long waves = (shards + executors - 1) / executors;
        return waves * shardSeconds;
    }

    private double transport(long executors, Sum sum) {
        double once = vectorBytes / bytesPerSecond;
        double sent = executors == 1 ? once : 2 * once;
        // An executor sends the slices of its own shards to all others, and all do so at once.
        double each = (double) shards / executors * (executors - 1) / executors;
        return switch (sum) {
            case AT_DRIVER -> sent + shards * once;
            case BY_SLICES -> sent + each * once + once;
            case RING -> each * once + once;
        };
    }

    /**
     * {@return the time of a step in seconds}
     *
     * @param jobs of the step: gradients, products and values
     * @param executors of one core each, at least 1
     * @param sum where sums are made
     */
    public double stepSeconds(double jobs, long executors, Sum sum) {
        return jobs * seconds(executors, sum);
    }

    /**
     * {@return the speedup over one executor, divided by the number of executors: 1 is perfect}
     *
     * @param executors of one core each, at least 1
     * @param sum where sums are made
     */
    public double efficiency(long executors, Sum sum) {
        return seconds(1, sum) / seconds(executors, sum) / executors;
    }
}
