package dev.ravine.spark.data;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.data.ExampleWeights;
import dev.ravine.core.data.RowCopy;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples as an executor knows them: it holds some rows, for the time of a task. */
public final class HeldRows extends FormatSource {
    private List<Rows> parts = List.of();

    /**
     * Holds none yet.
     *
     * @param size the number of all examples of the data
     * @param format of each
     */
    public HeldRows(int size, RowFormat format) {
        super(size, format);
    }

    /**
     * Holds other rows.
     *
     * @param rows none share a number
     */
    public void hold(List<Rows> rows) {
        parts = rows.stream()
                .filter(part -> part.count() > 0)
                .sorted(Comparator.comparingInt(part -> part.numbers[0]))
                .toList();
    }

    /** Forgets the rows, so that Spark's cache alone decides how long they stay in memory. */
    public void release() {
        parts = List.of();
    }

    /** {@inheritDoc} The driver knows them. */
    @Override
    public Optional<ExampleWeights> weights() {
        throw new IllegalStateException("an executor holds the weights of some examples only; ask the driver");
    }

    @Override
    public long checksum() {
        throw new IllegalStateException("an executor holds some examples only; ask the driver for the checksum");
    }

    @Override
    public RowCopy rowCopy(int count, INDArray features, INDArray targets) {
        Elements x = rows("features", featureType(), featureShape(), count, features);
        Elements y = rows("targets", targetType(), targetShape(), count, targets);
        int width = format().featureWidth();
        int targetWidth = format().targetWidth();
        return (rows, from) -> forEach(rows, from, count, (part, at, to) -> {
            Numbers.write(part.features, at * width, width, x, to * width);
            Numbers.write(part.targets, at * targetWidth, targetWidth, y, to * targetWidth);
        });
    }

    @Override
    public RowCopy weightCopy(int count, INDArray memory) {
        Elements weights = rows("weights", dtype(), Shape.of(), count, memory);
        return (rows, from) ->
                forEach(rows, from, count, (part, at, to) -> Numbers.write(part.weights, at, 1, weights, to));
    }

    @FunctionalInterface
    private interface Copy {
        void run(Rows part, int at, int to);
    }

    private void forEach(int[] rows, int from, int count, Copy copy) {
        for (int i = 0; i < count; i++) {
            int row = rows[from + i];
            Rows part = partOf(row);
            int at = part == null ? -1 : Arrays.binarySearch(part.numbers, row);
            if (at < 0) {
                throw new IllegalStateException("row " + row + " of the data is not among the "
                        + parts.stream().mapToInt(Rows::count).sum() + " rows of this task");
            }
            copy.run(part, at, i);
        }
    }

    /** The last part that begins at the row or before it; parts do not overlap, except by gaps. */
    private Rows partOf(int row) {
        int low = 0;
        int high = parts.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (parts.get(middle).numbers[0] <= row) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? null : parts.get(high);
    }
}
