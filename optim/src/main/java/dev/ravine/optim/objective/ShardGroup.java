package dev.ravine.optim.objective;

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
    /** So many sizes are kept: a batch, the last one of an epoch, all data in shards of two sizes, with and without squares. */
    private static final int KINDS = 8;

    private final Shard.Source source;
    private final Arena arena = new Arena();
    private final INDArray point;
    private final INDArray vector;
    /** By size, those that were used last at the end. */
    private final Map<Integer, Deque<Shard>> idle = new LinkedHashMap<>(16, 0.75f, true);

    private final List<Shard> all = new ArrayList<>();
    private long finishedCost;

    private ShardGroup(Shard.Source source, boolean hasPoint, boolean hasVector) {
        this.source = source;
        this.point = hasPoint ? flat() : source.parameters().array();
        this.vector = hasVector ? flat() : null;
    }

    /** For values and gradients where the model's parameters are: theta is read in place. */
    static ShardGroup atParameters(Shard.Source source) {
        return new ShardGroup(source, false, false);
    }

    /** For values and gradients at other points. */
    static ShardGroup elsewhere(Shard.Source source) {
        return new ShardGroup(source, true, false);
    }

    /** For products at one point. */
    static ShardGroup forProducts(Shard.Source source) {
        return new ShardGroup(source, true, true);
    }

    private INDArray flat() {
        return arena.allocate(
                source.parameters().dtype(), Shape.of(source.parameters().size()));
    }

    /** Where all shards read theta. */
    INDArray point() {
        return point;
    }

    /** Where all shards read the vector that curvature multiplies; null if this group is not for products. */
    INDArray vector() {
        return vector;
    }

    Shard acquire(int rows, boolean withSquares) {
        Deque<Shard> free = idle.get(key(rows, withSquares));
        if (free != null && !free.isEmpty()) {
            return free.pop();
        }
        Shard shard = new Shard(source, rows, withSquares, point, vector);
        all.add(shard);
        return shard;
    }

    void release(Shard shard) {
        idle.computeIfAbsent(key(shard.rows, shard.withSquares), k -> new ArrayDeque<>())
                .push(shard);
        if (idle.size() > KINDS) {
            // The kind that was not used for the longest time makes room: sizes may change without end.
            Iterator<Deque<Shard>> kinds = idle.values().iterator();
            Deque<Shard> oldest = kinds.next();
            kinds.remove();
            oldest.forEach(this::discard);
        }
    }

    private void discard(Shard shard) {
        finishedCost += shard.at.executedCost();
        all.remove(shard);
        shard.close();
    }

    /** Shards with and without squares are kept apart: those without run faster. */
    private static int key(int rows, boolean withSquares) {
        return withSquares ? -rows : rows;
    }

    /** Whether a shard is there for its next use. */
    boolean hasIdle(int rows, boolean withSquares) {
        Deque<Shard> free = idle.get(key(rows, withSquares));
        return free != null && !free.isEmpty();
    }

    /** Gives up all shards that are not in use. */
    void discardIdle() {
        idle.values().forEach(shards -> shards.forEach(this::discard));
        idle.clear();
    }

    /** The native memory of point, vector and all shards. */
    long bytes() {
        long bytes = arena.bytes();
        for (Shard shard : all) {
            bytes += shard.at.bytes();
        }
        return bytes;
    }

    /** How many shards there are, in use or not. */
    int size() {
        return all.size();
    }

    /** The work of all shards so far, by {@link dev.ravine.autodiff.Op#cost}. */
    long executedCost() {
        long cost = finishedCost;
        for (Shard shard : all) {
            cost += shard.at.executedCost();
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
