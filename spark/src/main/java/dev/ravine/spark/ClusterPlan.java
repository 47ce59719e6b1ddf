package dev.ravine.spark;

import java.util.stream.LongStream;

/**
 * Predicts how long the jobs of a step take on a number of executors, from a few measured times. A job sends one vector
 * to all executors, computes shards in waves, and brings sums to the driver, which adds them.
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
        /**
         * Each executor adds its shards, as {@link SparkObjective} does it. What comes to the driver is a vector for each
         * branch of the tree of {@link dev.ravine.optim.shards.PairwiseSum} that lies on one executor. From nine
         * executors on, neighbours meet on about the square root of their number before.
         */
        ON_EXECUTORS,
        /**
         * Each executor then adds one slice of the vectors of all executors, and the driver gets the slices: a
         * reduce-scatter. Not built.
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
        // An executor sends the slices of its own branches to all others, and all do so at once.
        double each = (double) branches(0, executors, executors) / executors * (executors - 1) / executors;
        return switch (sum) {
            case ON_EXECUTORS -> sent + vectors(executors) * once;
            case BY_SLICES -> sent + each * once + once;
            case RING -> each * once + once;
        };
    }

    /** How many vectors one line after the other carries: to the busiest executor that adds for others, and to the driver. */
    private long vectors(long executors) {
        if (executors <= Jobs.AT_DRIVER) {
            return branches(0, executors, executors);
        }
        long groups = (long) Math.ceil(Math.sqrt((double) executors));
        long toDriver = 0;
        long toBusiest = 0;
        for (long group = 0; group < groups; group++) {
            long first = executors * group / groups;
            long end = executors * (group + 1) / groups;
            toDriver += branches(shards * first / executors, shards * end / executors);
            toBusiest = Math.max(toBusiest, branches(first, end, executors));
        }
        return toDriver + toBusiest;
    }

    /** The branches that some of the executors hold. */
    private long branches(long first, long end, long executors) {
        return LongStream.range(first, end)
                .map(one -> branches(shards * one / executors, shards * (one + 1) / executors))
                .sum();
    }

    /** Into how many branches of the tree the shards from one to before another fall. */
    private static long branches(long from, long to) {
        long count = 0;
        for (long at = from; at < to; count++) {
            long aligned = at == 0 ? Long.MAX_VALUE : Long.lowestOneBit(at);
            at += Math.min(aligned, Long.highestOneBit(to - at));
        }
        return count;
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
