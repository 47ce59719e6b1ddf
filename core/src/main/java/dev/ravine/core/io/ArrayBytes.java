package dev.ravine.core.io;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Moves the numbers of an array from and to the bytes of a file, in row-major order, one chunk at a time. */
final class ArrayBytes {
    /** A multiple of the size of every element. */
    static final int CHUNK = 1 << 18;

    private ArrayBytes() {}

    /** The size of an array in a file. */
    static long count(INDArray array) {
        return array.length() * DType.of(array).bytes();
    }

    /** Fills an array with numbers of its own dtype. */
    static void read(ByteSource source, ByteOrder order, INDArray into, String field) throws IOException {
        long total = count(into);
        int width = DType.of(into).bytes();
        Elements elements = Elements.of(into);
        byte[] chunk = new byte[(int) Math.min(total, CHUNK)];
        for (long done = 0; done < total; ) {
            int bytes = (int) Math.min(total - done, chunk.length);
            source.fill(chunk, bytes, field);
            put(ByteBuffer.wrap(chunk, 0, bytes).order(order), elements, (int) (done / width));
            done += bytes;
        }
    }

    private static void put(ByteBuffer bytes, Elements elements, int first) {
        int count = bytes.remaining() / DType.of(elements.owner()).bytes();
        if (elements instanceof Elements.Floats floats) {
            floats.buffer().put(first, bytes.asFloatBuffer(), 0, count);
        } else if (elements instanceof Elements.Doubles doubles) {
            doubles.buffer().put(first, bytes.asDoubleBuffer(), 0, count);
        } else if (elements instanceof Elements.Longs longs) {
            longs.buffer().put(first, bytes.asLongBuffer(), 0, count);
        }
    }

    /** Writes the numbers in little-endian order. */
    static void write(INDArray array, OutputStream out) throws IOException {
        INDArray dense = Arena.dense(array);
        long total = count(dense);
        int width = DType.of(dense).bytes();
        Elements elements = Elements.of(dense);
        byte[] chunk = new byte[(int) Math.min(total, CHUNK)];
        for (long done = 0; done < total; ) {
            int bytes = (int) Math.min(total - done, chunk.length);
            get(ByteBuffer.wrap(chunk, 0, bytes).order(ByteOrder.LITTLE_ENDIAN), elements, (int) (done / width));
            out.write(chunk, 0, bytes);
            done += bytes;
        }
    }

    private static void get(ByteBuffer bytes, Elements elements, int first) {
        int count = bytes.remaining() / DType.of(elements.owner()).bytes();
        if (elements instanceof Elements.Floats floats) {
            bytes.asFloatBuffer().put(0, floats.buffer(), first, count);
        } else if (elements instanceof Elements.Doubles doubles) {
            bytes.asDoubleBuffer().put(0, doubles.buffer(), first, count);
        } else if (elements instanceof Elements.Longs longs) {
            bytes.asLongBuffer().put(0, longs.buffer(), first, count);
        }
    }
}
