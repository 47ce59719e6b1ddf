package dev.ravine.core.data;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Hold;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies rows of a data set into arrays of fixed sizes. */
final class RowCopier {
    /** One of a data set's arrays and where its rows go. */
    record Part(Elements source, Elements target) {
        /** Checks that the target holds so many rows of the source. */
        static Part of(String name, Elements source, Shape row, INDArray target, int count) {
            return new Part(source, RowCopier.target(name, source.dtype(), row, target, count));
        }
    }

    /** Checks that an array has the expected number of rows, shape and dtype. */
    static Elements target(String name, DType dtype, Shape row, INDArray target, int count) {
        Shape expected = rowsOf(count, row);
        if (DType.of(target) != dtype || !Shape.of(target).equals(expected)) {
            throw new ShapeException("copyRows: the output for " + name + " must be " + dtype + " " + expected
                    + ", found " + DType.of(target) + " " + Shape.of(target));
        }
        return Elements.of(target);
    }

    private RowCopier() {}

    /**
     * Binds a copy to its outputs.
     *
     * @param size the number of rows of the data set
     * @param count the number of rows that a run copies
     * @param parts the arrays of the data set
     * @return the copy, whose runs allocate nothing
     */
    static RowCopy of(int size, int count, Part... parts) {
        List<Elements> memory = Arrays.stream(parts)
                .flatMap(part -> Stream.of(part.source, part.target))
                .toList();
        Hold hold = Hold.ofElements(memory);
        return (rows, from) -> hold.during(() -> {
            check(size, rows, from, count);
            for (Part part : parts) {
                copy(size, part.source, part.target, rows, from, count);
            }
        });
    }

    /** Refuses rows that a data set of this size does not have. */
    static void check(int size, int[] rows, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (rows[i] < 0 || rows[i] >= size) {
                throw new IndexOutOfBoundsException(
                        "data set: row " + rows[i] + " at position " + i + " is outside of 0.." + (size - 1));
            }
        }
    }

    /** Uses absolute bulk copies, which move no buffer position, so threads may share the source. */
    static void copy(int size, Elements source, Elements target, int[] rows, int from, int count) {
        int width = source.size() / size;
        for (int i = 0; i < count; i++) {
            int at = rows[from + i] * width;
            if (source instanceof Elements.Floats a && target instanceof Elements.Floats b) {
                b.buffer().put(i * width, a.buffer(), at, width);
            } else if (source instanceof Elements.Doubles a && target instanceof Elements.Doubles b) {
                b.buffer().put(i * width, a.buffer(), at, width);
            } else if (source instanceof Elements.Longs a && target instanceof Elements.Longs b) {
                b.buffer().put(i * width, a.buffer(), at, width);
            }
        }
    }

    /** The shape of so many rows. */
    static Shape rowsOf(int count, Shape row) {
        long[] dims = new long[row.rank() + 1];
        dims[0] = count;
        System.arraycopy(row.toArray(), 0, dims, 1, row.rank());
        return Shape.of(dims);
    }
}
