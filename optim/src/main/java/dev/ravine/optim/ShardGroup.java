package dev.ravine.optim;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shards that share one point and one multiplied vector, kept for their next use: building a shard's graph and program
 * takes longer than running it.
 */
final class ShardGroup implements AutoCloseable {
    private final Arena arena = new Arena();
    private final INDArray point;
    private final INDArray vector;
    private final Map<Integer, Deque<Shard>> idle = new HashMap<>();
    private final List<Shard> all = new ArrayList<>();

    ShardGroup(Shard.Source source) {
        Shape flat = Shape.of(source.parameters().size());
        point = arena.allocate(source.parameters().dtype(), flat);
        vector = arena.allocate(source.parameters().dtype(), flat);
    }

    /** Where all shards read theta. */
    INDArray point() {
        return point;
    }

    /** Where all shards read the vector that curvature multiplies. */
    INDArray vector() {
        return vector;
    }

    Shard acquire(Shard.Source source, int rows, boolean withSquares) {
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
    }

    /** Shards with and without squares are kept apart: those without run faster. */
    private static int key(int rows, boolean withSquares) {
        return withSquares ? -rows : rows;
    }

    /** The work of all shards so far, by {@link dev.ravine.autodiff.Op#cost}. */
    long executedCost() {
        return all.stream().mapToLong(shard -> shard.at.executedCost()).sum();
    }

    @Override
    public void close() {
        all.forEach(Shard::close);
        all.clear();
        idle.clear();
        arena.close();
    }
}
