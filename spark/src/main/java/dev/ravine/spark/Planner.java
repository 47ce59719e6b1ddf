package dev.ravine.spark;

import dev.ravine.optim.shards.ShardRequest;
import dev.ravine.spark.data.Blocks;
import dev.ravine.spark.data.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Finds out where shards are computed. A shard whose examples lie in one partition is computed there, as all shards of
 * a full pass are. Else Spark moves the examples of the scope: one shuffle brings those of each shard together, and the
 * scopes that were used last stay so.
 */
final class Planner implements AutoCloseable {
    private static final int KEPT = 3;

    private final Blocks blocks;
    private final int parallelism;
    private final Map<Scope, ShardPlan> gathered = new LinkedHashMap<>(16, 0.75f, true);
    private long gatherings;

    Planner(Blocks blocks, int parallelism) {
        this.blocks = blocks;
        this.parallelism = parallelism;
    }

    /** A scope and its shards, by their numbers. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Scope(int[] rows, int[] bounds) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Scope same && Arrays.equals(rows, same.rows) && Arrays.equals(bounds, same.bounds);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(rows) + Arrays.hashCode(bounds);
        }
    }

    synchronized ShardPlan plan(ShardRequest request) {
        requireRows(request.rows());
        List<ShardRows> shards = ShardPlan.shards(request);
        List<List<ShardRows>> parts = new ArrayList<>();
        for (int i = 0; i < blocks.partitions(); i++) {
            parts.add(new ArrayList<>());
        }
        for (ShardRows shard : shards) {
            int home = home(shard);
            if (home < 0) {
                return gathered(request, shards);
            }
            parts.get(home).add(shard);
        }
        return new ShardPlan(blocks.rdd(), "resident", parts);
    }

    private void requireRows(int... rows) {
        int size = blocks.source().size();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] < 0 || rows[i] >= size) {
                throw new IndexOutOfBoundsException(
                        "data set: row " + rows[i] + " at position " + i + " is outside of 0.." + (size - 1));
            }
        }
    }

    /** The partition that holds all rows of a shard, or -1. */
    private int home(ShardRows shard) {
        int partition = blocks.partitionOf(shard.row(0));
        int end = blocks.endOf(partition);
        if (shard.others() == null) {
            return shard.firstRow() + shard.count() <= end ? partition : -1;
        }
        for (int row : shard.others()) {
            if (blocks.partitionOf(row) != partition) {
                return -1;
            }
        }
        return partition;
    }

    private ShardPlan gathered(ShardRequest request, List<ShardRows> shards) {
        Scope scope = new Scope(request.rows(), request.bounds());
        ShardPlan known = gathered.get(scope);
        if (known != null) {
            return known;
        }
        int targets = Math.min(shards.size(), parallelism);
        List<List<ShardRows>> parts = new ArrayList<>();
        for (int t = 0; t < targets; t++) {
            int from = (int) ((long) shards.size() * t / targets);
            int to = (int) ((long) shards.size() * (t + 1) / targets);
            parts.add(new ArrayList<>(shards.subList(from, to)));
        }
        int[][][] wanted = wanted(parts);
        JavaRDD<Rows> rows = blocks.rdd()
                .mapPartitionsWithIndex((p, held) -> picked(wanted[p], held), false)
                .mapToPair(piece -> piece)
                .partitionBy(new ByNumber(targets))
                .values()
                .persist(StorageLevel.MEMORY_AND_DISK());
        // The engines take turns, so that their programs serve later scopes.
        ShardPlan plan = new ShardPlan(rows, "gathered " + gatherings++ % KEPT, parts);
        gathered.put(new Scope(request.rows().clone(), request.bounds().clone()), plan);
        if (gathered.size() > KEPT) {
            Iterator<ShardPlan> plans = gathered.values().iterator();
            Blocks.forget(plans.next().rows());
            plans.remove();
        }
        return plan;
    }

    /** The rows that each partition gives to each target, in rising order. */
    private int[][][] wanted(List<List<ShardRows>> parts) {
        int[][][] wanted = new int[blocks.partitions()][parts.size()][];
        for (int t = 0; t < parts.size(); t++) {
            List<TreeSet<Integer>> rows = new ArrayList<>();
            for (int p = 0; p < blocks.partitions(); p++) {
                rows.add(new TreeSet<>());
            }
            for (ShardRows shard : parts.get(t)) {
                for (int i = 0; i < shard.count(); i++) {
                    rows.get(blocks.partitionOf(shard.row(i))).add(shard.row(i));
                }
            }
            for (int p = 0; p < blocks.partitions(); p++) {
                wanted[p][t] = rows.get(p).stream().mapToInt(Integer::intValue).toArray();
            }
        }
        return wanted;
    }

    private static Iterator<Tuple2<Integer, Rows>> picked(int[][] wanted, Iterator<Rows> held) {
        List<Tuple2<Integer, Rows>> pieces = new ArrayList<>();
        held.forEachRemaining(block -> {
            for (int t = 0; t < wanted.length; t++) {
                Rows piece = block.take(wanted[t]);
                if (piece.count() > 0) {
                    pieces.add(new Tuple2<>(t, piece));
                }
            }
        });
        return pieces.iterator();
    }

    @Override
    public synchronized void close() {
        gathered.values().forEach(plan -> Blocks.forget(plan.rows()));
        gathered.clear();
        blocks.close();
    }
}
