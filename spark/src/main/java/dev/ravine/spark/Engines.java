package dev.ravine.spark;

import dev.ravine.spark.data.MissingClasses;
import dev.ravine.spark.data.Rows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;

/** All engines of this executor. */
final class Engines {
    private static final ConcurrentMap<Key, Holder> ALL = new ConcurrentHashMap<>();

    private Engines() {}

    /** An objective, and the shards that an engine is for. */
    private record Key(long objective, String slot) {}

    /** Builds the engine at its first use, while others of the executor go on. */
    private static final class Holder {
        private Engine engine;

        synchronized Engine open(EngineSpec spec, int threads) {
            if (engine == null) {
                spec.build().requireSame(BuildId.here());
                engine = new Engine(spec, threads);
            }
            return engine;
        }

        synchronized void close() {
            if (engine != null) {
                engine.close();
            }
        }
    }

    /** Computes some shards; what fails comes back as a result, since another try would fail alike. */
    static ShardResults run(ShardTask task, String slot, List<ShardRows> part, int threads, Iterator<Rows> data) {
        forget(task.objectives);
        Reading reading = new Reading(data);
        Key key = new Key(task.spec.objective(), slot);
        ShardResults results;
        try {
            results = ALL.computeIfAbsent(key, k -> new Holder())
                    .open(task.spec, threads)
                    .run(task, part, reading);
        } catch (RuntimeException | AssertionError | LinkageError | OutOfMemoryError e) {
            if (reading.failed || e instanceof TaskKilledException) {
                throw e;
            }
            results = new ShardResults();
            results.shards = new int[0];
            results.fail(explained(e));
            if (e instanceof OutOfMemoryError) {
                close(ALL.remove(key));
            }
        }
        results.where = where();
        return results;
    }

    /** Errors that would end the executor, one after the other, and say little. */
    private static Throwable explained(Throwable thrown) {
        if (thrown instanceof LinkageError missing) {
            return MissingClasses.of(missing);
        }
        return thrown instanceof OutOfMemoryError
                ? new IllegalStateException(
                        "no memory is left (" + thrown.getMessage() + "); expected room for the activations of a shard,"
                                + " and of all shards of a linearization: take smaller shards with shardSize(n) or"
                                + " curvature from fewer examples, or give executors more, by"
                                + " spark.executor.memory for Java's heap and spark.executor.memoryOverhead for"
                                + " native memory",
                        thrown)
                : thrown;
    }

    private static void close(Holder dead) {
        if (dead != null) {
            dead.close();
        }
    }

    /** Lets Spark hand out the examples; when that fails, it is Spark's to try again. */
    private static final class Reading implements Supplier<List<Rows>> {
        private final Iterator<Rows> data;
        private boolean failed;

        Reading(Iterator<Rows> data) {
            this.data = data;
        }

        @Override
        public List<Rows> get() {
            failed = true;
            List<Rows> all = new ArrayList<>();
            data.forEachRemaining(all::add);
            failed = false;
            return all;
        }
    }

    private static String where() {
        SparkEnv env = SparkEnv.get();
        return "executor " + env.executorId() + " at "
                + env.blockManager().blockManagerId().host();
    }

    /** Closes the engines of objectives that are closed. */
    static void forget(Live objectives) {
        for (Key key : new ArrayList<>(ALL.keySet())) {
            if (objectives.isOver(key.objective())) {
                close(ALL.remove(key));
            }
        }
    }

    /** How many engines this executor holds. */
    static int count() {
        return ALL.size();
    }
}
