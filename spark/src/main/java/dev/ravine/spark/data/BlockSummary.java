package dev.ravine.spark.data;

import dev.ravine.core.DType;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32C;

/** What the driver keeps of a block. */
public final class BlockSummary implements Serializable {
    private static final long serialVersionUID = 1;

    int count;
    int largestLabel;
    long features;
    long targets;
    long weighed;
    double[] weights;

    /** For Kryo. */
    BlockSummary() {}

    static BlockSummary of(Rows block, RowFormat format) {
        BlockSummary summary = new BlockSummary();
        summary.count = block.count();
        summary.features = block.checksums[0];
        summary.targets = block.checksums[1];
        summary.weighed = block.checksums[2];
        if (format.classes() > 0) {
            for (long label : (long[]) block.targets) {
                summary.largestLabel = Math.max(summary.largestLabel, Math.toIntExact(label));
            }
        }
        summary.weights = new double[block.weights == null ? 0 : block.count()];
        for (int i = 0; i < summary.weights.length; i++) {
            summary.weights[i] = Numbers.get(block.weights, i);
        }
        return summary;
    }

    /** Of features, targets and weights. */
    static long[] checksums(Rows block) {
        long features = crc(block.features);
        return new long[] {
            features,
            block.targets == block.features ? features : crc(block.targets),
            block.weights == null ? 0 : crc(block.weights)
        };
    }

    /** {@return whether a block that was read again has the numbers of this one} */
    boolean isOf(Rows block) {
        return Arrays.equals(block.checksums, new long[] {features, targets, weighed});
    }

    /** Of the numbers as big-endian doubles. */
    private static long crc(Object array) {
        CRC32C crc = new CRC32C();
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * 4096);
        for (int i = 0; i < Numbers.length(array); i++) {
            if (!bytes.hasRemaining()) {
                crc.update(bytes.flip());
                bytes.clear();
            }
            bytes.putDouble(Numbers.get(array, i));
        }
        crc.update(bytes.flip());
        return crc.getValue();
    }

    /** The checksum that a {@link dev.ravine.core.data.DataSet} of the same examples has. */
    static long checksum(List<BlockSummary> blocks, int count, RowFormat format) {
        JoinedCrc joined = new JoinedCrc();
        add(joined, blocks, format.featureType(), count, format.featureShape(), b -> b.features);
        add(joined, blocks, format.targetType(), count, format.targetShape(), b -> b.targets);
        if (format.isWeighted()) {
            add(joined, blocks, format.dtype(), count, new long[0], b -> b.weighed);
        }
        return joined.value();
    }

    private static void add(
            JoinedCrc joined,
            List<BlockSummary> blocks,
            DType dtype,
            int count,
            long[] shape,
            ToLongFunction<BlockSummary> crc) {
        long[] whole = new long[shape.length + 1];
        whole[0] = count;
        long width = 1;
        for (int i = 0; i < shape.length; i++) {
            whole[i + 1] = shape[i];
            width *= shape[i];
        }
        byte[] name = (dtype + " " + dev.ravine.core.Shape.of(whole)).getBytes(StandardCharsets.UTF_8);
        CRC32C ofName = new CRC32C();
        ofName.update(name);
        joined.add(ofName.getValue(), name.length);
        for (BlockSummary block : blocks) {
            joined.add(crc.applyAsLong(block), Double.BYTES * width * block.count);
        }
    }
}
