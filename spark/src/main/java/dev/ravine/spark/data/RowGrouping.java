package dev.ravine.spark.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import scala.Tuple2;

/**
 * Groups single examples into blocks.
 *
 * @param bounds the first row of each block, and the number of rows
 * @param format of the examples
 */
@SuppressWarnings("ArrayRecordComponent")
record RowGrouping(int[] bounds, RowFormat format) implements Serializable {
    /** Groups the examples of one partition of the source: one piece for each block that they touch. */
    Iterator<Tuple2<Integer, Rows>> pieces(Iterator<Tuple2<Example, Long>> numbered) {
        return new Iterator<>() {
            private Tuple2<Example, Long> next = numbered.hasNext() ? numbered.next() : null;

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Tuple2<Integer, Rows> next() {
                int first = Math.toIntExact(next._2());
                int block = blockOf(first);
                List<Example> examples = new ArrayList<>();
                while (next != null && next._2() < bounds[block + 1]) {
                    examples.add(next._1());
                    next = numbered.hasNext() ? numbered.next() : null;
                }
                return new Tuple2<>(block, rows(first, examples));
            }
        };
    }

    private int blockOf(int row) {
        int at = Arrays.binarySearch(bounds, row);
        return at >= 0 ? at : -at - 2;
    }

    private Rows rows(int first, List<Example> examples) {
        int count = examples.size();
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> first + i);
        Object features = Numbers.array(format.featureType(), count * format.featureWidth());
        boolean own = examples.get(0).features == examples.get(0).targets;
        Object targets = own ? features : Numbers.array(format.targetType(), count * format.targetWidth());
        Object weights = format.isWeighted() ? Numbers.array(format.dtype(), count) : null;
        for (int i = 0; i < count; i++) {
            Example example = examples.get(i);
            copy(example.features, features, i, format.featureWidth(), numbers[i], "features");
            if (!own) {
                copy(example.targets, targets, i, format.targetWidth(), numbers[i], "targets");
            }
            if (weights != null) {
                Numbers.set(weights, i, example.weight);
            }
        }
        return new Rows(numbers, features, targets, weights);
    }

    private static void copy(Object from, Object to, int i, int width, int row, String what) {
        if (Numbers.length(from) != width) {
            throw new BadRowException(
                    row, what, "have " + Numbers.length(from) + " numbers; expected " + width + ", as in row 0");
        }
        System.arraycopy(from, 0, to, i * width, width);
    }

    /** Joins the pieces of each block; blocks come out in their order. */
    Iterator<Rows> blocks(Iterator<Tuple2<Integer, Rows>> pieces) {
        TreeMap<Integer, List<Rows>> byBlock = new TreeMap<>();
        pieces.forEachRemaining(piece ->
                byBlock.computeIfAbsent(piece._1(), k -> new ArrayList<>()).add(piece._2()));
        return byBlock.entrySet().stream()
                .map(entry -> joined(entry.getKey(), entry.getValue()))
                .peek(block -> block.checksums = BlockSummary.checksums(block))
                .iterator();
    }

    private Rows joined(int block, List<Rows> pieces) {
        int first = bounds[block];
        int count = bounds[block + 1] - first;
        if (pieces.stream().mapToInt(Rows::count).sum() != count) {
            throw new IllegalStateException(
                    "rows " + first + " to " + (first + count - 1) + " of the data are "
                            + pieces.stream().mapToInt(Rows::count).sum() + " rows now; expected " + count
                            + ": the source gave other rows when it was read again; store it first, or order it by a unique key");
        }
        if (pieces.size() == 1) {
            return pieces.get(0);
        }
        boolean own = pieces.get(0).features == pieces.get(0).targets;
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> first + i);
        Object features = Numbers.array(format.featureType(), count * format.featureWidth());
        Object targets = own ? features : Numbers.array(format.targetType(), count * format.targetWidth());
        Object weights = format.isWeighted() ? Numbers.array(format.dtype(), count) : null;
        for (Rows piece : pieces) {
            int at = piece.numbers[0] - first;
            put(piece.features, features, at * format.featureWidth());
            if (!own) {
                put(piece.targets, targets, at * format.targetWidth());
            }
            if (weights != null) {
                put(piece.weights, weights, at);
            }
        }
        return new Rows(numbers, features, targets, weights);
    }

    private static void put(Object from, Object to, int at) {
        System.arraycopy(from, 0, to, at, Numbers.length(from));
    }
}
