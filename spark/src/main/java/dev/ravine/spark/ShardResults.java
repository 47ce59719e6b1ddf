package dev.ravine.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What one task computed, or several together. */
final class ShardResults implements Serializable {
    private static final long serialVersionUID = 1;

    /** The numbers of the shards. */
    int[] shards;
    /** One for each shard, as forms and nonFinite; null if they were not asked for. */
    double[] losses;

    double[][][] forms;
    String[] nonFinite;
    /** Gradients or products, neighbours together; null if they were not asked for. */
    SentTerm[] vectors;

    SentTerm[] statistics;
    /** The work, in floating-point operations. */
    long cost;
    /** The time of the longest computation. */
    double seconds;
    /** Bytes of native memory that engines hold. */
    long bytes;
    /** The executor and its host. */
    String where;
    /** What was thrown, as Java writes it; null if nothing was. */
    byte[] failure;

    /** For Kryo. */
    ShardResults() {}

    /** Both together, with shards in order and sums of neighbours. */
    static ShardResults joined(ShardResults a, ShardResults b) {
        if (a.failure != null || b.failure != null) {
            return a.failure != null ? a : b;
        }
        ShardResults both = new ShardResults();
        both.shards = new int[a.shards.length + b.shards.length];
        System.arraycopy(a.shards, 0, both.shards, 0, a.shards.length);
        System.arraycopy(b.shards, 0, both.shards, a.shards.length, b.shards.length);
        both.losses = a.losses == null
                ? null
                : DoubleStream.concat(Arrays.stream(a.losses), Arrays.stream(b.losses))
                        .toArray();
        both.forms = a.forms == null
                ? null
                : Stream.of(a.forms, b.forms).flatMap(Arrays::stream).toArray(double[][][]::new);
        both.nonFinite = a.nonFinite == null
                ? null
                : Stream.of(a.nonFinite, b.nonFinite).flatMap(Arrays::stream).toArray(String[]::new);
        both.vectors = joined(a.vectors, b.vectors);
        both.statistics = joined(a.statistics, b.statistics);
        both.cost = a.cost + b.cost;
        both.seconds = Math.max(a.seconds, b.seconds);
        both.bytes = a.bytes + b.bytes;
        both.where = a.where;
        return both;
    }

    private static SentTerm[] joined(SentTerm[] a, SentTerm[] b) {
        return a == null
                ? null
                : SentTerm.joined(Stream.of(a, b)
                        .flatMap(Arrays::stream)
                        .sorted(Comparator.comparingInt(SentTerm::first))
                        .toList());
    }

    void fail(Throwable thrown) {
        failure = bytes(thrown);
        if (failure == null) {
            IllegalStateException plain = new IllegalStateException(thrown.toString());
            plain.setStackTrace(thrown.getStackTrace());
            failure = bytes(plain);
        }
    }

    private static byte[] bytes(Throwable thrown) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(thrown);
        } catch (IOException e) {
            return null;
        }
        return bytes.toByteArray();
    }

    /** Throws on the driver what was thrown on the executor. */
    void rethrow() {
        if (failure == null) {
            return;
        }
        Throwable cause;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(failure))) {
            cause = (Throwable) in.readObject();
        } catch (IOException | ClassNotFoundException e) {
            cause = e;
        }
        boolean isPlain = cause instanceof Error || cause instanceof NullPointerException || cause.getMessage() == null;
        String message = isPlain ? cause.toString() : cause.getMessage();
        throw new ExecutorException(where + ": " + message, cause);
    }
}
