package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Numbers in native memory at an offset: for Java loops, and for products of matrices that are parts of larger ones.
 * Whoever uses an array's numbers holds the array.
 */
abstract sealed class NativeNumbers {
    /**
     * A matrix inside of native memory.
     *
     * @param numbers where it lives
     * @param isTransposed whether it enters a product transposed
     * @param width the distance from row to row
     */
    record Matrix(NativeNumbers numbers, boolean isTransposed, int width) {
        private int flag() {
            return isTransposed ? openblas.CblasTrans : openblas.CblasNoTrans;
        }
    }

    /** Whose memory it is; held so that it is not collected. */
    @SuppressWarnings("unused")
    private final Object owner;

    private NativeNumbers(Object owner) {
        this.owner = owner;
    }

    /** The numbers of an array. */
    static NativeNumbers of(Elements elements) {
        if (elements instanceof Elements.Floats f) {
            return new Floats(f.buffer(), new FloatPointer(f.pointer()), f);
        } else if (elements instanceof Elements.Doubles d) {
            return new Doubles(d.buffer(), new DoublePointer(d.pointer()), d);
        }
        throw new IllegalArgumentException("needs floating-point numbers, found " + elements.dtype());
    }

    /** New memory of this type. */
    abstract NativeNumbers allocate(int count);

    abstract int size();

    /** {@return an array of this type} */
    abstract Line newLine(int size);

    /** Copies numbers out, to the given place of an array. */
    abstract void read(int from, int count, Line into, int at);

    /** Copies numbers in, from the given place of an array. */
    abstract void write(int to, int count, Line from, int at);

    abstract void zero(int at, int count);

    /**
     * Does y = op(a) op(b) + beta y, where the matrices begin at the given elements.
     *
     * @param m rows of y
     * @param n columns of y
     * @param k the inner size
     */
    abstract void product(int m, int n, int k, Matrix a, int fromA, Matrix b, int fromB, double beta, Matrix y, int at);

    private static final class Floats extends NativeNumbers {
        private final FloatBuffer buffer;
        private final FloatPointer pointer;

        Floats(FloatBuffer buffer, FloatPointer pointer, Object owner) {
            super(owner);
            this.buffer = buffer;
            this.pointer = pointer;
        }

        @Override
        NativeNumbers allocate(int count) {
            FloatBuffer memory = ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            return new Floats(memory, new FloatPointer(memory), memory);
        }

        @Override
        int size() {
            return buffer.capacity();
        }

        @Override
        Line newLine(int size) {
            return new Line.OfFloats(new float[size]);
        }

        @Override
        void read(int from, int count, Line into, int at) {
            buffer.get(from, ((Line.OfFloats) into).numbers(), at, count);
        }

        @Override
        void write(int to, int count, Line from, int at) {
            buffer.put(to, ((Line.OfFloats) from).numbers(), at, count);
        }

        @Override
        void zero(int at, int count) {
            float[] zeros = Scratch.ofThread().floats[0];
            Arrays.fill(zeros, 0, Math.min(count, Scratch.CHUNK), 0);
            for (int i = 0; i < count; i += Scratch.CHUNK) {
                buffer.put(at + i, zeros, 0, Math.min(Scratch.CHUNK, count - i));
            }
        }

        @Override
        void product(int m, int n, int k, Matrix a, int fromA, Matrix b, int fromB, double beta, Matrix y, int at) {
            openblas.cblas_sgemm(
                    openblas.CblasRowMajor,
                    a.flag(),
                    b.flag(),
                    m,
                    n,
                    k,
                    1f,
                    ((Floats) a.numbers).pointer.position(fromA),
                    a.width,
                    ((Floats) b.numbers).pointer.position(fromB),
                    b.width,
                    (float) beta,
                    ((Floats) y.numbers).pointer.position(at),
                    y.width);
        }
    }

    private static final class Doubles extends NativeNumbers {
        private final DoubleBuffer buffer;
        private final DoublePointer pointer;

        Doubles(DoubleBuffer buffer, DoublePointer pointer, Object owner) {
            super(owner);
            this.buffer = buffer;
            this.pointer = pointer;
        }

        @Override
        NativeNumbers allocate(int count) {
            DoubleBuffer memory = ByteBuffer.allocateDirect(Math.multiplyExact(count, Double.BYTES))
                    .order(ByteOrder.nativeOrder())
                    .asDoubleBuffer();
            return new Doubles(memory, new DoublePointer(memory), memory);
        }

        @Override
        int size() {
            return buffer.capacity();
        }

        @Override
        Line newLine(int size) {
            return new Line.OfDoubles(new double[size]);
        }

        @Override
        void read(int from, int count, Line into, int at) {
            buffer.get(from, ((Line.OfDoubles) into).numbers(), at, count);
        }

        @Override
        void write(int to, int count, Line from, int at) {
            buffer.put(to, ((Line.OfDoubles) from).numbers(), at, count);
        }

        @Override
        void zero(int at, int count) {
            double[] zeros = Scratch.ofThread().doubles[0];
            Arrays.fill(zeros, 0, Math.min(count, Scratch.CHUNK), 0);
            for (int i = 0; i < count; i += Scratch.CHUNK) {
                buffer.put(at + i, zeros, 0, Math.min(Scratch.CHUNK, count - i));
            }
        }

        @Override
        void product(int m, int n, int k, Matrix a, int fromA, Matrix b, int fromB, double beta, Matrix y, int at) {
            openblas.cblas_dgemm(
                    openblas.CblasRowMajor,
                    a.flag(),
                    b.flag(),
                    m,
                    n,
                    k,
                    1,
                    ((Doubles) a.numbers).pointer.position(fromA),
                    a.width,
                    ((Doubles) b.numbers).pointer.position(fromB),
                    b.width,
                    beta,
                    ((Doubles) y.numbers).pointer.position(at),
                    y.width);
        }
    }
}
