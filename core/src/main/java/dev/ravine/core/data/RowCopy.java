package dev.ravine.core.data;

/** Copies some rows of a {@link DataSet} into the memory that it was bound to by {@link DataSet#rowCopy}. */
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
}
