package dev.ravine.spark;

import dev.ravine.spark.data.MissingNatives;
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
                try {
                    spec.build().requireSame(BuildId.here());
                    engine = new Engine(spec, threads);
                } catch (LinkageError e) {
                    throw new MissingNatives(e);
                }
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
        ShardResults results;
        try {
            results = ALL.computeIfAbsent(new Key(task.spec.objective(), slot), k -> new Holder())
                    .open(task.spec, threads)
                    .run(task, part, reading);
        } catch (RuntimeException e) {
            if (reading.failed || e instanceof TaskKilledException) {
                throw e;
            }
            results = new ShardResults();
            results.shards = new int[0];
            results.fail(e);
        }
        results.where = where();
        return results;
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
                Holder dead = ALL.remove(key);
                if (dead != null) {
                    dead.close();
                }
            }
        }
    }

    /** How many engines this executor holds. */
    static int count() {
        return ALL.size();
    }
}
