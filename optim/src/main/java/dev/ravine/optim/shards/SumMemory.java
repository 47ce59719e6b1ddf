package dev.ravine.optim.shards;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Vectors that sums over shards need beside their results, kept for the next sum, and the workers that add. */
public final class SumMemory implements AutoCloseable {
    private final Workers workers;
    private final Arena arena = new Arena("the memory of a sum");
    private final List<INDArray> idle = new ArrayList<>();

    /**
     * No vectors yet.
     *
     * @param workers which share the adding, and stay open
     */
    public SumMemory(Workers workers) {
        this.workers = workers;
    }

    Workers workers() {
        return workers;
    }

    /** A vector of any numbers. */
    synchronized INDArray take(DType dtype, int size) {
        for (int i = idle.size() - 1; i >= 0; i--) {
            INDArray vector = idle.get(i);
            if (vector.length() == size && DType.of(vector) == dtype) {
                idle.remove(i);
                return vector;
            }
        }
        return arena.allocate(dtype, Shape.of(size));
    }

    synchronized void giveBack(INDArray vector) {
        idle.add(vector);
    }

    /** {@return the native memory of all vectors so far, in bytes} */
    public synchronized long bytes() {
        return arena.bytes();
    }

    /** Returns all memory. */
    @Override
    public synchronized void close() {
        idle.clear();
        arena.close();
    }
}
