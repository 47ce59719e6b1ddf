package dev.ravine.core.kernels;

/**
 * One operation bound to the arrays it reads and writes: prepared once, run many times. A run reads what the arrays
 * hold at that moment and allocates nothing.
 */
@FunctionalInterface
public interface Kernel extends AutoCloseable {
    /** Computes the result into the bound output. */
    void run();

    /** Frees what the kernel itself owns, never the arrays it was bound to. */
    @Override
    default void close() {}
}
