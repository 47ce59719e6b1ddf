package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Which tensors of a graph are a batch's numbers for a buffer, told while the graph is built. */
final class BatchStatistics {
    private static final ThreadLocal<List<Tracked>> COLLECTED = new ThreadLocal<>();

    private BatchStatistics() {}

    /**
     * A buffer's number of one batch.
     *
     * @param buffer whose number it is
     * @param ofBatch the number
     */
    record Tracked(Buffer buffer, Tensor ofBatch) {}

    /** Remembers a tensor if somebody asks for it. */
    static void collect(Buffer buffer, Tensor ofBatch) {
        List<Tracked> collected = COLLECTED.get();
        if (collected != null) {
            collected.add(new Tracked(buffer, ofBatch));
        }
    }

    /** {@return what is collected while a graph is built} */
    static List<Tracked> during(Runnable build) {
        List<Tracked> tracked = new ArrayList<>();
        COLLECTED.set(tracked);
        try {
            build.run();
        } finally {
            COLLECTED.remove();
        }
        return tracked;
    }
}
