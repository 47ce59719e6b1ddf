package dev.ravine.spark;

import dev.ravine.core.Elements;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Points on their way to executors: each is sent once, also if several jobs follow one another at it. */
final class Points implements AutoCloseable {
    /** A step's point and a trial's. */
    private static final int KEPT = 2;

    private final JavaSparkContext spark;
    private final Deque<Sent> recent = new ArrayDeque<>();
    private final Map<Long, Integer> held = new HashMap<>();

    private record Sent(SentNumbers numbers, Broadcast<SentNumbers> broadcast) {}

    Points(JavaSparkContext spark) {
        this.spark = spark;
    }

    /** A broadcast of the numbers that a point has now. */
    synchronized Broadcast<SentNumbers> at(INDArray theta) {
        SentNumbers numbers = SentNumbers.of(Elements.of(theta));
        for (Sent sent : recent) {
            if (sent.numbers.hasBitsOf(numbers)) {
                return sent.broadcast;
            }
        }
        Broadcast<SentNumbers> broadcast = spark.broadcast(numbers);
        recent.addFirst(new Sent(numbers, broadcast));
        if (recent.size() > KEPT) {
            forget(recent.removeLast().broadcast);
        }
        return broadcast;
    }

    /** The same, which stays until it is released. */
    synchronized Broadcast<SentNumbers> hold(INDArray theta) {
        Broadcast<SentNumbers> broadcast = at(theta);
        held.merge(broadcast.id(), 1, Integer::sum);
        return broadcast;
    }

    synchronized void release(Broadcast<SentNumbers> broadcast) {
        if (held.merge(broadcast.id(), -1, Integer::sum) == 0) {
            held.remove(broadcast.id());
            forget(broadcast);
        }
    }

    /** Executors forget it unless somebody needs it still. */
    private void forget(Broadcast<SentNumbers> broadcast) {
        boolean isRecent = recent.stream().anyMatch(sent -> sent.broadcast == broadcast);
        if (!isRecent && !held.containsKey(broadcast.id())) {
            forgetNow(() -> broadcast.destroy(false));
        }
    }

    /** Destroys a broadcast, unless Spark's session has been stopped, with which all have gone. */
    void forgetNow(Runnable destroy) {
        if (!spark.sc().isStopped()) {
            destroy.run();
        }
    }

    /** Vectors one after the other, for one job. */
    Broadcast<SentNumbers> broadcast(List<INDArray> vectors) {
        return spark.broadcast(
                SentNumbers.joined(vectors.stream().map(Elements::of).toList()));
    }

    @Override
    public synchronized void close() {
        while (!recent.isEmpty()) {
            forget(recent.removeLast().broadcast);
        }
    }
}
