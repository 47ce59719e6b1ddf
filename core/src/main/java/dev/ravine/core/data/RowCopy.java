package dev.ravine.core.data;

/**
 * Copies some rows of an {@link ExampleSource} into the memory that it was bound to by {@link ExampleSource#rowCopy}.
 */
@FunctionalInterface
public interface RowCopy {
    /**
     * Copies.
     *
     * @param rows row indices; only the copied ones are checked
     * @param from the first of them
     * @throws IndexOutOfBoundsException if a row is out of range; then nothing is written
     */
    void run(int[] rows, int from);

    /**
     * Copies, and changes the copies at random if that is what the examples are for ({@link Augmented}).
     *
     * @param rows row indices; only the copied ones are checked
     * @param from the first of them
     * @param seed of the step; 0 for no change
     * @throws IndexOutOfBoundsException if a row is out of range; then nothing is written
     */
    default void run(int[] rows, int from, long seed) {
        run(rows, from);
    }
}
