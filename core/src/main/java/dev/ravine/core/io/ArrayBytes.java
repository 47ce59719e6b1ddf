package dev.ravine.core.io;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Moves the numbers of an array from and to the bytes of a file, one chunk at a time. */
final class ArrayBytes {
    /** A multiple of the size of every element. */
    static final int CHUNK = 1 << 18;

    private ArrayBytes() {}

    /** The size of an array in memory, and in a file that keeps its numbers as they are. */
    static long count(INDArray array) {
        return array.length() * DType.of(array).bytes();
    }

    /** The element type of an array in a file. */
    static ElementType type(INDArray array, FloatFormat format) {
        return format.typeOf(DType.of(array));
    }

    /** The size of an array in a file. */
    static long count(INDArray array, FloatFormat format) {
        return array.length() * type(array, format).bytes();
    }

    /** Fills an array with numbers in row-major order. */
    static void read(ByteSource source, ByteOrder order, ElementType type, INDArray into, String field)
            throws IOException {
        if (type.isNative()) {
            readAsTheyAre(source, order, into, field);
        } else {
            ElementOrder rows = new ElementOrder(Shape.of(into), false);
            convert(source, order, type, rows, into, field);
        }
    }

    private static void readAsTheyAre(ByteSource source, ByteOrder order, INDArray into, String field)
            throws IOException {
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

    /** Fills an array with numbers of another type or in another order. */
    static void convert(
            ByteSource source, ByteOrder byteOrder, ElementType type, ElementOrder order, INDArray into, String field)
            throws IOException {
        Elements elements = Elements.of(into);
        long total = into.length() * type.bytes();
        byte[] chunk = new byte[(int) Math.min(total, CHUNK)];
        for (long done = 0; done < total; ) {
            int bytes = (int) Math.min(total - done, chunk.length);
            source.fill(chunk, bytes, field);
            ByteBuffer numbers = ByteBuffer.wrap(chunk, 0, bytes).order(byteOrder);
            while (numbers.hasRemaining()) {
                putNext(type, numbers, elements, order.next());
            }
            done += bytes;
        }
    }

    /** Converts the next number of a buffer. */
    static void putNext(ElementType type, ByteBuffer numbers, Elements into, int index) {
        if (into instanceof Elements.Floats floats) {
            floats.buffer().put(index, type.single(numbers));
        } else if (into instanceof Elements.Doubles doubles) {
            doubles.buffer().put(index, numbers.getDouble());
        } else if (into instanceof Elements.Longs longs) {
            longs.buffer().put(index, type.integer(numbers));
        }
    }

    /** Checks that no finite number becomes infinite. */
    static void checkRange(String name, INDArray array, FloatFormat format) {
        ElementType type = type(array, format);
        if (type == ElementType.of(DType.of(array))) {
            return;
        }
        Elements elements = Elements.of(Arena.dense(array));
        for (int i = 0; i < elements.size(); i++) {
            if (type.overflows(elements.get(i))) {
                throw new IllegalArgumentException("array " + Quoted.of(name) + ": element " + i + " is "
                        + elements.get(i) + ", which is too large for " + type + "; choose a wider format");
            }
        }
    }

    /** Writes the numbers in row-major and little-endian order. */
    static void write(INDArray array, FloatFormat format, OutputStream out) throws IOException {
        INDArray dense = Arena.dense(array);
        ElementType type = type(array, format);
        boolean asTheyAre = type == ElementType.of(DType.of(array));
        int width = type.bytes();
        long total = dense.length() * width;
        Elements elements = Elements.of(dense);
        byte[] chunk = new byte[(int) Math.min(total, CHUNK)];
        for (long done = 0; done < total; ) {
            int bytes = (int) Math.min(total - done, chunk.length);
            ByteBuffer numbers = ByteBuffer.wrap(chunk, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
            int first = (int) (done / width);
            if (asTheyAre) {
                get(numbers, elements, first);
            } else {
                for (int i = first; numbers.hasRemaining(); i++) {
                    type.put(elements.get(i), numbers);
                }
            }
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
