package dev.ravine.spark;

import dev.ravine.optim.shards.Term;
import dev.ravine.spark.data.BadRowException;
import dev.ravine.spark.data.Rows;
import java.io.NotSerializableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** Runs tasks as Spark's jobs, and brings what fails to the caller. */
final class Jobs {
    /** The driver adds the vectors of at most this number of partitions. */
    static final int AT_DRIVER = 8;

    private static final String GROUP = "spark.jobGroup.id";
    private static final String DESCRIPTION = "spark.job.description";

    private final JavaSparkContext spark;
    private final int threads;
    private final RoundTimes times;
    private long cost;
    private long bytes;

    Jobs(JavaSparkContext spark, RoundTimes times) {
        this.spark = spark;
        this.threads = spark.getConf().getInt("spark.task.cpus", 1);
        this.times = times;
    }

    /** All work that came back so far. */
    synchronized long cost() {
        return cost;
    }

    /** Native memory on executors, as the last tasks saw it. */
    synchronized long bytes() {
        return bytes;
    }

    /** Computes all shards of a plan in one job. Results come in any order. */
    List<ShardResults> run(String name, ShardTask task, ShardPlan plan) {
        int[] busy = IntStream.range(0, plan.parts().size())
                .filter(p -> !plan.parts().get(p).isEmpty())
                .toArray();
        List<List<ShardRows>> parts = new ArrayList<>(plan.parts());
        String slot = plan.slot();
        int cpus = threads;
        long begin = System.nanoTime();
        List<ShardResults> all = named(
                name,
                () -> collected(
                        plan.rows()
                                .mapPartitionsWithIndex(
                                        (p, rows) -> compute(task, slot, p, parts.get(p), cpus, rows), true),
                        task.bringsVectors(),
                        busy));
        for (ShardResults one : all) {
            one.rethrow();
        }
        count(task, all, (System.nanoTime() - begin) * 1e-9);
        return all;
    }

    private static Iterator<ShardResults> compute(
            ShardTask task, String slot, int partition, List<ShardRows> part, int cpus, Iterator<Rows> rows) {
        if (part.isEmpty()) {
            return Collections.emptyIterator();
        }
        return Collections.singletonList(Engines.run(task, slot + " " + partition, part, cpus, rows))
                .iterator();
    }

    /**
     * Results of one task each. Vectors of many tasks are added on executors first: neighbours meet in one task for about
     * the square root of their number.
     */
    private static List<ShardResults> collected(JavaRDD<ShardResults> results, boolean hasVectors, int... partitions) {
        if (hasVectors && partitions.length > AT_DRIVER) {
            int groups = (int) Math.ceil(Math.sqrt(partitions.length));
            int parts = results.getNumPartitions();
            JavaRDD<Tuple2<Integer, ShardResults>> grouped =
                    results.mapPartitionsWithIndex((p, one) -> inGroup((int) ((long) p * groups / parts), one), true);
            return JavaPairRDD.fromJavaRDD(grouped)
                    .reduceByKey(new ByNumber(groups), ShardResults::joined)
                    .values()
                    .collect();
        }
        List<ShardResults> all = new ArrayList<>();
        for (List<ShardResults> one : results.collectPartitions(partitions)) {
            all.addAll(one);
        }
        return all;
    }

    private static Iterator<Tuple2<Integer, ShardResults>> inGroup(int group, Iterator<ShardResults> results) {
        List<Tuple2<Integer, ShardResults>> pairs = new ArrayList<>();
        results.forEachRemaining(one -> pairs.add(new Tuple2<>(group, one)));
        return pairs.iterator();
    }

    private synchronized void count(ShardTask task, List<ShardResults> all, double seconds) {
        all.forEach(one -> cost += one.cost);
        bytes = all.stream().mapToLong(one -> one.bytes).sum();
        times.add(task.kind, seconds, all);
    }

    /** Runs something whose jobs have a name in Spark's pages. */
    <T> T named(String name, Job<T> job) {
        String group = spark.getLocalProperty(GROUP);
        String description = spark.getLocalProperty(DESCRIPTION);
        spark.setJobGroup(name, name);
        try {
            return job.run();
        } catch (Exception e) { // SparkException is checked, and Scala does not declare it
            throw unwrapped(e);
        } finally {
            spark.setLocalProperty(GROUP, group);
            spark.setLocalProperty(DESCRIPTION, description);
        }
    }

    /** Runs jobs. */
    @FunctionalInterface
    interface Job<T> {
        T run() throws Exception;
    }

    /** What a task threw, if that is known; else what Spark says. */
    static RuntimeException unwrapped(Exception e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof BadRowException bad) {
                return new BadRowException(bad.getMessage(), e);
            }
            if (t instanceof NotSerializableException) {
                return new ExecutorException(
                        "a task cannot be sent to executors, because " + className(t) + " is not serializable;"
                                + " expected a model, a reader"
                                + " or a statistic that captures"
                                + " what is: a statistic names"
                                + " tensors of its own in"
                                + " variables() and takes others"
                                + " in with(...)",
                        e);
            }
            if (t instanceof IllegalStateException || t instanceof IllegalArgumentException) {
                return t == e ? (RuntimeException) e : new ExecutorException(t.getMessage(), e);
            }
        }
        if (e instanceof SparkException) {
            return new ExecutorException("Spark gave up a job: " + e.getMessage(), e);
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }

    /** The first line; Spark adds the way to the object. */
    private static String className(Throwable notSerializable) {
        return notSerializable.getMessage().lines().findFirst().orElse("a class");
    }

    /** Terms in the order of their shards. */
    static void inOrder(
            List<ShardResults> results, Function<ShardResults, SentTerm[]> terms, Consumer<List<Term>> sink) {
        sink.accept(results.stream()
                .flatMap(one -> Arrays.stream(terms.apply(one)))
                .sorted(Comparator.comparingInt(SentTerm::first))
                .map(SentTerm::term)
                .toList());
    }
}
