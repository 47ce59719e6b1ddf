package dev.ravine.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;

/** What one task computed. */
final class ShardResults implements Serializable {
    private static final long serialVersionUID = 1;

    /** The numbers of the shards; all other arrays have one element for each, or are null. */
    int[] shards;

    double[] losses;
    /** float[] or double[]: gradients or products. */
    Object[] vectors;

    Object[] statistics;
    double[][][] forms;
    String[] nonFinite;
    /** The work, in floating-point operations. */
    long cost;
    /** The time of computing. */
    double seconds;
    /** Bytes of native memory that this engine holds. */
    long bytes;
    /** The executor and its host. */
    String where;
    /** What was thrown, as Java writes it; null if nothing was. */
    byte[] failure;

    /** For Kryo. */
    ShardResults() {}

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
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        throw new ExecutorException(where + ": " + message, cause);
    }
}
