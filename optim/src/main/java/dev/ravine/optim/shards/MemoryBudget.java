package dev.ravine.optim.shards;

import com.sun.management.OperatingSystemMXBean;
import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.SquaredGradients;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Keeps the native memory of shards below a limit: by their size, by how many there are at a time, by computing again
 * what could be kept, or by refusing.
 */
final class MemoryBudget {
    /** The memory of this machine, or of the container. */
    private static final long MACHINE =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();

    private final long limit;
    private final ShardedModel model;
    private final ShardPool pool;
    private ShardMemory memory;

    /**
     * A budget.
     *
     * @param limit bytes; {@link Long#MAX_VALUE} for none
     */
    MemoryBudget(long limit, ShardedModel model, ShardPool pool) {
        this.limit = limit;
        this.model = model;
        this.pool = pool;
        this.memory = new ShardMemory(model);
    }

    private boolean isUnlimited() {
        return limit == Long.MAX_VALUE;
    }

    /** Measures again, since graphs have changed. */
    void renew() {
        memory = new ShardMemory(model);
    }

    /** A shard for values and gradients, if there is room for it. */
    Shard acquire(ShardGroup group, Shard.Kind kind) {
        if (isUnlimited()) {
            return group.acquire(kind);
        }
        if (!group.hasIdle(kind)) {
            // A statistic alone takes less.
            makeRoom(
                    memory.ofInputs(kind.rows()) + memory.ofGradient(kind.rows(), kind.statistic()),
                    "value and gradient of " + kind.rows() + " examples at once");
        }
        Shard shard = group.acquire(kind);
        // Now, so that its memory counts when the next shard needs room.
        shard.linearization().prepare();
        return shard;
    }

    /**
     * Shards at one point that are to be used in some ways.
     *
     * @param group to which they belong
     * @param request which shards there are
     * @param kept those that hold their examples
     * @param uses what they compute
     */
    record Pinning(ShardGroup group, ShardRequest request, List<Shard> kept, List<Use> uses) {
        private int largest() {
            return IntStream.range(0, request.shards()).map(request::size).max().orElse(0);
        }

        /** Shards of two sizes take turns in twice the memory. */
        private long sizes() {
            return IntStream.range(0, request.shards())
                    .map(request::size)
                    .distinct()
                    .count();
        }

        @Override
        public String toString() {
            String what = uses.isEmpty()
                    ? "the examples of a linearization"
                    : uses.stream().map(Use::toString).collect(Collectors.joining(" and ")) + " of a linearization";
            return what + ", " + largest() + " examples at once";
        }
    }

    /**
     * What shards at one point compute.
     *
     * @param curvature the matrix whose products they compute, or null for value and gradient
     * @param isDamped whether the matrix of structural damping is added
     */
    record Use(Curvature curvature, boolean isDamped) {
        static final Use GRADIENT = new Use(null, false);

        private long bytes(int rows, ShardMemory memory) {
            return curvature == null ? memory.ofGradient(rows, null) : memory.ofProduct(rows, curvature, isDamped);
        }

        private void plan(GraphLinearization linearization) {
            if (curvature == null) {
                linearization.prepare();
            } else {
                linearization.prepare(curvature, isDamped);
            }
        }

        @Override
        public String toString() {
            return curvature == null ? "value and gradient" : curvature + " products";
        }
    }

    /**
     * How many shards of a linearization may stay in memory, and how many others may be there at the same time.
     *
     * @param kept the first ones
     * @param atOnce at least 1
     */
    record Room(int kept, int atOnce) {}

    /** {@return the room for shards at one point; it is made by giving up what is not in use} */
    Room room(Pinning pinning, int workers) {
        int shards = pinning.request.shards();
        if (isUnlimited() && shards <= workers) {
            return new Room(shards, workers);
        }
        long each = isUnlimited() ? planned(pinning) : estimated(pinning);
        if (each * shards > free(pinning)) {
            pool.discardIdleShards();
        }
        long free = free(pinning);
        if (each * shards <= free) {
            return new Room(shards, workers);
        }
        long turn = each * pinning.sizes();
        if (turn > free && !isUnlimited()) {
            throw refusal(turn, pinning.toString(), limit - free);
        }
        int atOnce = (int) Math.max(1, Math.min(workers, free / turn));
        return new Room((int) Math.max(0, (free - atOnce * turn) / each), atOnce);
    }

    private long free(Pinning pinning) {
        long others = pool.bytes() - pinning.group.bytesOfShards();
        return (isUnlimited() ? MACHINE / 2 : limit) - others;
    }

    /** What one shard takes, by the plans of small ones. */
    private long estimated(Pinning pinning) {
        int rows = pinning.largest();
        long bytes = memory.ofInputs(rows);
        for (Use use : pinning.uses) {
            bytes += use.bytes(rows, memory);
        }
        return bytes;
    }

    /** What one shard takes, by its own plans. */
    private static long planned(Pinning pinning) {
        Shard shard = pinning.kept.isEmpty()
                ? pinning.group.acquire(Shard.Kind.plain(pinning.request.size(0)))
                : pinning.kept.get(0);
        for (Use use : pinning.uses) {
            use.plan(shard.linearization());
        }
        if (pinning.kept.isEmpty()) {
            pinning.group.release(shard);
        }
        return shard.linearization().bytes();
    }

    private void makeRoom(long needed, String what) {
        if (pool.bytes() + needed > limit) {
            pool.discardIdleShards();
        }
        if (pool.bytes() + needed > limit) {
            throw refusal(needed, what, pool.bytes());
        }
    }

    private MemoryLimitException refusal(long needed, String what, long used) {
        return new MemoryLimitException(what + ": needs " + needed + " bytes, allowed are " + limit + ", of which "
                + used + " are in use; raise memoryLimit, or use a smaller model or fewer examples");
    }

    /**
     * The largest shard that takes at most an eighth of the limit, whatever the number of workers; at least one
     * example.
     */
    int shardSize(int largest) {
        if (isUnlimited()) {
            return largest;
        }
        int fits = 1;
        for (int step = Integer.highestOneBit(largest); step > 0; step /= 2) {
            if (fits + step <= largest && gradientBytes(fits + step) <= limit / 8) {
                fits += step;
            }
        }
        return fits;
    }

    /** The number of shards that fit into half of the limit; the other half is for other points and linearizations. */
    int shardsAtOnce(int shardSize, int workers) {
        if (isUnlimited()) {
            return workers;
        }
        long fitting = limit / 2 / gradientBytes(shardSize);
        return (int) Math.max(1, Math.min(workers, fitting));
    }

    /** With squared gradients, which preconditioners ask for, where the model has them. */
    private long gradientBytes(int rows) {
        long bytes = memory.ofInputs(rows);
        try {
            return bytes + memory.ofGradient(rows, SquaredGradients.inOnePass());
        } catch (NoRowsException e) {
            return bytes + memory.ofGradient(rows, null);
        }
    }
}
