package dev.ravine.spark.data;

import dev.ravine.core.DType;
import dev.ravine.core.data.ExampleWeights;
import dev.ravine.optim.shards.ShardSizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * The data on executors, cut by row number into the shards of a full pass. A block is one shard's examples; a partition
 * holds consecutive blocks. Spark keeps them in memory, or on disk where memory ends, and reads a lost one again.
 */
public final class Blocks implements AutoCloseable {
    private final JavaRDD<Rows> kept;
    private final JavaRDD<Rows> checked;
    private final int[] firstRows;
    private final DriverSource source;

    private Blocks(JavaRDD<Rows> kept, JavaRDD<Rows> checked, int[] firstRows, DriverSource source) {
        this.kept = kept;
        this.checked = checked;
        this.firstRows = firstRows;
        this.source = source;
    }

    /**
     * {@return the data, read once}
     *
     * @param data where they come from
     * @param dtype of numbers
     * @param sizes of shards
     * @param partitions how many at most
     */
    public static Blocks of(SparkData data, DType dtype, ShardSizes sizes, int partitions) {
        SparkData.Numbered numbered = data.examples(dtype);
        long count = numbered.rows().count();
        if (count == 0 || count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the data have " + count + " rows; expected 1 to " + Integer.MAX_VALUE);
        }
        int[] bounds = sizes.bounds((int) count);
        int shards = bounds.length - 1;
        int parts = Math.min(shards, partitions);
        int[] firstRows = new int[parts + 1];
        Arrays.setAll(firstRows, p -> bounds[(int) ((long) shards * p / parts)]);
        RowFormat format = numbered.format();
        RowGrouping grouping = new RowGrouping(bounds, format);
        JavaPairRDD<Integer, Rows> pieces = numbered.rows().zipWithIndex().mapPartitionsToPair(grouping::pieces);
        JavaRDD<Rows> rdd = pieces.partitionBy(new RangeOfBlocks(bounds, firstRows))
                .mapPartitions(grouping::blocks, true)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            BlockSummary[] all = rdd.mapPartitions(blocks -> summaries(blocks, format), true)
                    .collect()
                    .toArray(new BlockSummary[0]);
            return new Blocks(
                    rdd,
                    checked(rdd, bounds, firstRows, all),
                    firstRows,
                    source(all, (int) count, format, numbered.classes().orElse(0)));
        } catch (RuntimeException e) {
            forget(rdd);
            throw e;
        }
    }

    /** The same blocks. One that Spark has read again must have the numbers that it had before. */
    private static JavaRDD<Rows> checked(JavaRDD<Rows> rdd, int[] bounds, int[] firstRows, BlockSummary... all) {
        BlockSummary[][] expected = new BlockSummary[firstRows.length - 1][];
        for (int p = 0; p < expected.length; p++) {
            int from = Arrays.binarySearch(bounds, firstRows[p]);
            expected[p] = Arrays.copyOfRange(all, from, Arrays.binarySearch(bounds, firstRows[p + 1]));
        }
        return rdd.mapPartitionsWithIndex((p, blocks) -> checked(blocks, expected[p]), true);
    }

    private static Iterator<Rows> checked(Iterator<Rows> blocks, BlockSummary... expected) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return blocks.hasNext();
            }

            @Override
            public Rows next() {
                Rows block = blocks.next();
                if (!expected[next++].isOf(block)) {
                    int first = block.numbers[0];
                    throw new IllegalStateException(
                            "rows " + first + " to " + (first + block.count() - 1) + " of the data have other numbers"
                                    + " than before: the source gave other rows when it was read again; store it first,"
                                    + " or order it by a unique key");
                }
                return block;
            }
        };
    }

    /** What the driver must know of all blocks. */
    private static DriverSource source(BlockSummary[] all, int count, RowFormat format, int classes) {
        RowFormat known = format;
        if (format.classes() > 0 && classes == 0) {
            known = format.withClasses(
                    1 + Arrays.stream(all).mapToInt(b -> b.largestLabel).max().orElseThrow());
        }
        ExampleWeights weights = null;
        if (format.isWeighted()) {
            double[] each = Arrays.stream(all)
                    .flatMapToDouble(b -> Arrays.stream(b.weights))
                    .toArray();
            weights = ExampleWeights.of(format.dtype(), each);
        }
        return new DriverSource(count, known, weights, BlockSummary.checksum(List.of(all), count, format));
    }

    private static Iterator<BlockSummary> summaries(Iterator<Rows> blocks, RowFormat format) {
        List<BlockSummary> all = new ArrayList<>();
        blocks.forEachRemaining(block -> all.add(BlockSummary.of(block, format)));
        return all.iterator();
    }

    /** {@return the blocks, to compute with} */
    public JavaRDD<Rows> rdd() {
        return checked;
    }

    /** {@return what the driver knows of the data} */
    public DriverSource source() {
        return source;
    }

    /** {@return how many there are} */
    public int partitions() {
        return firstRows.length - 1;
    }

    /**
     * {@return the partition that holds a row}
     *
     * @param row its number
     */
    public int partitionOf(int row) {
        int at = Arrays.binarySearch(firstRows, row);
        return at >= 0 ? at : -at - 2;
    }

    /**
     * {@return the row after the last one of a partition}
     *
     * @param partition its number
     */
    public int endOf(int partition) {
        return firstRows[partition + 1];
    }

    @Override
    public void close() {
        forget(kept);
    }

    /**
     * Executors forget what they keep of an RDD. A session that is stopped keeps nothing.
     *
     * @param rdd that has been kept
     */
    public static void forget(JavaRDD<?> rdd) {
        if (!rdd.context().isStopped()) {
            rdd.unpersist(false);
        }
    }

    /** A block by its number goes to the partition that holds it. */
    private static final class RangeOfBlocks extends org.apache.spark.Partitioner {
        private static final long serialVersionUID = 1;

        private final int[] bounds;
        private final int[] firstRows;

        RangeOfBlocks(int[] bounds, int[] firstRows) {
            this.bounds = bounds;
            this.firstRows = firstRows;
        }

        @Override
        public int numPartitions() {
            return firstRows.length - 1;
        }

        @Override
        public int getPartition(Object block) {
            int at = Arrays.binarySearch(firstRows, bounds[(Integer) block]);
            return at >= 0 ? at : -at - 2;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof RangeOfBlocks same
                    && Arrays.equals(bounds, same.bounds)
                    && Arrays.equals(firstRows, same.firstRows);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(firstRows);
        }
    }
}
