package dev.ravine.optim.shards;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shards that share one point and one multiplied vector, kept for their next use: building a shard's graph and program
 * takes longer than running it.
 */
final class ShardGroup implements AutoCloseable {
    /**
     * How many kinds of shards to keep: a batch, the epoch's last batch, and the two sizes of a full pass, each with
     * and without a statistic.
     */
    private static final int KINDS = 8;

    private final ShardedModel model;
    private final Arena arena = new Arena("the objective");
    private final INDArray point;
    private final INDArray vector;
    /** In the order of their last use. */
    private final Map<Shard.Kind, Deque<Shard>> idle = new LinkedHashMap<>(16, 0.75f, true);

    private final List<Shard> all = new ArrayList<>();
    private long finishedCost;

    private ShardGroup(ShardedModel model, boolean hasPoint, boolean hasVector) {
        this.model = model;
        this.point = hasPoint ? flat() : model.parameters().array();
        this.vector = hasVector ? flat() : null;
    }

    /** For values and gradients where the model's parameters are: theta is read in place. */
    static ShardGroup atParameters(ShardedModel model) {
        return new ShardGroup(model, false, false);
    }

    /** For values and gradients at other points. */
    static ShardGroup elsewhere(ShardedModel model) {
        return new ShardGroup(model, true, false);
    }

    /** For products at one point. */
    static ShardGroup forProducts(ShardedModel model) {
        return new ShardGroup(model, true, true);
    }

    private INDArray flat() {
        return arena.allocate(
                model.parameters().dtype(), Shape.of(model.parameters().size()));
    }

    /** Where all shards read theta. */
    INDArray point() {
        return point;
    }

    /** Where all shards read the vector that curvature multiplies; null if this group is not for products. */
    INDArray vector() {
        return vector;
    }

    Shard acquire(Shard.Kind kind) {
        Deque<Shard> free = idle.get(kind);
        if (free != null && !free.isEmpty()) {
            return free.pop();
        }
        Shard shard = new Shard(model, kind, point, vector);
        all.add(shard);
        return shard;
    }

    void release(Shard shard) {
        idle.computeIfAbsent(shard.kind(), k -> new ArrayDeque<>()).push(shard);
        if (idle.size() > KINDS) {
            // The kind that has been unused for longest makes room, because sizes may change without end.
            Iterator<Deque<Shard>> kinds = idle.values().iterator();
            Deque<Shard> oldest = kinds.next();
            kinds.remove();
            oldest.forEach(this::discard);
        }
    }

    private void discard(Shard shard) {
        finishedCost += shard.linearization().executedCost();
        all.remove(shard);
        shard.close();
    }

    /** Whether a shard is there for its next use. */
    boolean hasIdle(Shard.Kind kind) {
        Deque<Shard> free = idle.get(kind);
        return free != null && !free.isEmpty();
    }

    /** Gives up all shards that are not in use. */
    void discardIdle() {
        idle.values().forEach(shards -> shards.forEach(this::discard));
        idle.clear();
    }

    /** The native memory of point, vector and all shards. */
    long bytes() {
        return arena.bytes() + bytesOfShards();
    }

    /** The native memory of all shards, in use or not. */
    long bytesOfShards() {
        long bytes = 0;
        for (Shard shard : all) {
            bytes += shard.linearization().bytes();
        }
        return bytes;
    }

    /** The work of all shards so far, by {@link dev.ravine.autodiff.Op#cost}. */
    long executedCost() {
        long cost = finishedCost;
        for (Shard shard : all) {
            cost += shard.linearization().executedCost();
        }
        return cost;
    }

    @Override
    public void close() {
        all.forEach(Shard::close);
        all.clear();
        idle.clear();
        arena.close();
    }
}
