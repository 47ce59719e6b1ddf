package dev.ravine.optim.shards;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.NoRowsException;
import dev.ravine.autodiff.SquaredGradients;
import java.util.List;

/** Keeps the native memory of shards below a limit: by their size, by how many there are at a time, or by refusing. */
final class MemoryBudget {
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

    /** A shard that will compute products, if there is room for its examples. */
    Shard acquirePinned(ShardGroup group, int rows) {
        Shard.Kind kind = Shard.Kind.plain(rows);
        if (!isUnlimited() && !group.hasIdle(kind)) {
            makeRoom(memory.ofInputs(rows), "the examples of a linearization");
        }
        return group.acquire(kind);
    }

    /**
     * Makes room for what pinned shards have not planned yet: products with a matrix, or value and gradient if it is
     * null.
     *
     * @param isDamped whether the matrix of structural damping is added
     */
    void makeRoomFor(List<Shard> shards, Curvature curvature, boolean isDamped) {
        if (isUnlimited()) {
            return;
        }
        long needed = 0;
        for (Shard shard : shards) {
            if (curvature == null && !shard.linearization().isPrepared()) {
                needed += memory.ofGradient(shard.rows(), null);
            } else if (curvature != null && !shard.linearization().isPrepared(curvature, isDamped)) {
                needed += memory.ofProduct(shard.rows(), curvature, isDamped);
            }
        }
        if (needed > 0) {
            int examples = shards.stream().mapToInt(Shard::rows).sum();
            String what = curvature == null ? "value and gradient" : curvature + " products";
            makeRoom(
                    needed,
                    what + " of a linearization over " + examples
                            + " examples, which holds all their activations (use fewer curvature examples)");
        }
    }

    private void makeRoom(long needed, String what) {
        if (pool.bytes() + needed > limit) {
            pool.discardIdleShards();
        }
        if (pool.bytes() + needed > limit) {
            throw new MemoryLimitException(what + ": needs " + needed + " bytes, allowed are " + limit + ", of which "
                    + pool.bytes() + " are in use; raise memoryLimit, or use a smaller model or fewer examples");
        }
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
