package dev.ravine.spark;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Floating-point numbers of a vector, or of several, on their way between driver and executors. They travel as bytes,
 * because serializers copy bytes in one piece and other arrays number by number.
 */
final class SentNumbers implements Serializable {
    private static final long serialVersionUID = 1;

    private boolean isDouble;
    /** In little-endian order. */
    private byte[] bytes;

    /** For Kryo. */
    SentNumbers() {}

    private SentNumbers(DType dtype, int count) {
        this.isDouble = dtype == DType.FLOAT64;
        long size = (long) count * dtype.bytes();
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%,d numbers of %s are %,d bytes, more than one message to executors can hold (2 GB); freeze"
                            + " parameters, or use FLOAT32",
                    count,
                    dtype,
                    size));
        }
        this.bytes = new byte[(int) size];
    }

    /** A copy of numbers in native memory. */
    static SentNumbers of(Elements numbers) {
        return joined(List.of(numbers));
    }

    /** Copies of vectors of one dtype, one after the other. */
    static SentNumbers joined(List<Elements> vectors) {
        DType dtype = vectors.get(0).dtype();
        if (dtype == DType.INT64) {
            throw new IllegalArgumentException("numbers for executors must be floating-point, found " + dtype);
        }
        SentNumbers sent = new SentNumbers(
                dtype,
                Math.toIntExact(vectors.stream().mapToLong(Elements::size).sum()));
        FloatBuffer floats = sent.isDouble ? null : sent.floats();
        DoubleBuffer doubles = sent.isDouble ? sent.doubles() : null;
        for (Elements vector : vectors) {
            if (sent.isDouble) {
                doubles.put(((Elements.Doubles) vector).buffer().duplicate().clear());
            } else {
                floats.put(((Elements.Floats) vector).buffer().duplicate().clear());
            }
        }
        return sent;
    }

    private ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private FloatBuffer floats() {
        return buffer().asFloatBuffer();
    }

    private DoubleBuffer doubles() {
        return buffer().asDoubleBuffer();
    }

    int count() {
        return bytes.length / (isDouble ? Double.BYTES : Float.BYTES);
    }

    /** Writes some of the numbers to native memory of their dtype. */
    void write(int from, int count, Elements to) {
        if (isDouble && to instanceof Elements.Doubles out) {
            out.buffer().put(0, doubles(), from, count);
        } else if (!isDouble && to instanceof Elements.Floats out) {
            out.buffer().put(0, floats(), from, count);
        } else {
            throw new IllegalArgumentException("numbers of " + (isDouble ? DType.FLOAT64 : DType.FLOAT32)
                    + " from another process do not fit to memory of " + to.dtype());
        }
    }

    /** All of them, in a Java array. */
    Elements elements() {
        if (isDouble) {
            double[] numbers = new double[count()];
            doubles().get(numbers);
            return Elements.of(numbers);
        }
        float[] numbers = new float[count()];
        floats().get(numbers);
        return Elements.of(numbers);
    }

    /** This += other, number by number in their own precision. */
    void add(SentNumbers other) {
        if (isDouble != other.isDouble || bytes.length != other.bytes.length) {
            throw new IllegalArgumentException("cannot add " + other + " to " + this);
        }
        if (isDouble) {
            DoubleBuffer x = other.doubles();
            DoubleBuffer y = doubles();
            for (int i = 0; i < y.capacity(); i++) {
                y.put(i, y.get(i) + x.get(i));
            }
        } else {
            FloatBuffer x = other.floats();
            FloatBuffer y = floats();
            for (int i = 0; i < y.capacity(); i++) {
                y.put(i, y.get(i) + x.get(i));
            }
        }
    }

    boolean hasBitsOf(SentNumbers other) {
        return isDouble == other.isDouble && Arrays.equals(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return count() + " numbers of " + (isDouble ? DType.FLOAT64 : DType.FLOAT32);
    }
}
