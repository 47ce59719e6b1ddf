package dev.ravine.core;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The numbers of a dense array in place, read and written as doubles by their row-major index. Kernels that are Java
 * loops work on these. The array's memory stays alive while they are reachable, unless its arena is closed: then every
 * method that reads or writes throws {@link IllegalStateException}. A thread that reads while another one may close the
 * arena stands between {@link Lifetime#enter} and {@link Lifetime#exit} of their {@link #lifetime}.
 *
 * <p>Each type of number has loops of its own: one loop for all types would be slower, as it would ask for the type at
 * each number.
 */
public sealed interface Elements {
    /**
     * Opens an array.
     *
     * @param array a dense, row-major array
     * @return its numbers, in place
     * @throws IllegalArgumentException if the array has gaps or another order, or holds more than 2^31 - 1 bytes
     * @throws IllegalStateException if its memory was returned
     */
    static Elements of(INDArray array) {
        DType dtype = DType.of(array);
        Lifetime lifetime = ArrayMemory.requireOpen(array);
        if (array.isEmpty()) {
            return new Doubles(DoubleBuffer.allocate(0), new DoublePointer(), array, lifetime);
        }
        if (!Address.isDense(array)) {
            throw new IllegalArgumentException(
                    "array of shape " + Shape.of(array) + " is not dense and row-major; pass Arena.dense(array)");
        }
        // NIO would silently cut the buffer off there.
        if (array.length() > Integer.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException("array of shape " + Shape.of(array) + " has " + array.length()
                    + " elements, the limit of " + dtype + " is " + Integer.MAX_VALUE / dtype.bytes()
                    + "; use smaller batches");
        }
        // Nobody may return the memory between the check above and the first look at its address.
        return lifetime.during(() -> open(array, dtype, lifetime));
    }

    private static Elements open(INDArray array, DType dtype, Lifetime lifetime) {
        return switch (dtype) {
            case FLOAT32 -> {
                FloatPointer pointer = Address.floats(array);
                yield new Floats(pointer.asBuffer(), pointer, array, lifetime);
            }
            case FLOAT64 -> {
                DoublePointer pointer = Address.doubles(array);
                yield new Doubles(pointer.asBuffer(), pointer, array, lifetime);
            }
            case INT64 -> new Longs(new LongPointer(Address.of(array)).asBuffer(), array, lifetime);
        };
    }

    /**
     * {@return the numbers of a Java array, such as one that came over a wire; in place, without native memory and
     * without an owner}
     *
     * @param numbers in single precision
     */
    static Elements of(float[] numbers) {
        return new Floats(FloatBuffer.wrap(numbers), new FloatPointer(), null, Lifetime.ENDLESS);
    }

    /**
     * {@return the numbers of a Java array, such as one that came over a wire; in place, without native memory and
     * without an owner}
     *
     * @param numbers in double precision
     */
    static Elements of(double[] numbers) {
        return new Doubles(DoubleBuffer.wrap(numbers), new DoublePointer(), null, Lifetime.ENDLESS);
    }

    /** {@return the element type} */
    DType dtype();

    /**
     * One number.
     *
     * @param i row-major index
     * @return its value
     */
    double get(int i);

    /**
     * Changes one number.
     *
     * @param i row-major index
     * @param value the new value, rounded to the array's dtype
     */
    void set(int i, double value);

    /**
     * Copies consecutive numbers out, faster than one by one.
     *
     * @param from the index of the first
     * @param count the number of elements
     * @param into receives them at 0 .. count - 1
     */
    default void read(int from, int count, double[] into) {
        for (int i = 0; i < count; i++) {
            into[i] = get(from + i);
        }
    }

    /**
     * Copies consecutive single-precision numbers out as they are.
     *
     * @param from the index of the first
     * @param count the number of elements
     * @param into receives them at 0 .. count - 1
     * @throws UnsupportedOperationException if these are not {@link Floats}
     */
    default void read(int from, int count, float[] into) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " are not single-precision numbers");
    }

    /**
     * Writes consecutive single-precision numbers.
     *
     * @param from the index of the first
     * @param count the number of elements
     * @param values the new values at 0 .. count - 1
     * @throws UnsupportedOperationException if these are not {@link Floats}
     */
    default void write(int from, int count, float[] values) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " are not single-precision numbers");
    }

    /**
     * Writes consecutive numbers, faster than one by one.
     *
     * @param from the index of the first
     * @param count the number of elements
     * @param values the new values at 0 .. count - 1, rounded to the array's dtype
     */
    default void write(int from, int count, double[] values) {
        for (int i = 0; i < count; i++) {
            set(from + i, values[i]);
        }
    }

    /** Checks an access to some numbers; a long one holds the memory, which costs nothing beside it. */
    private static boolean begin(Lifetime lifetime, int count) {
        boolean isLong = count >= Lifetime.LONG;
        if (isLong) {
            lifetime.enter();
        } else {
            lifetime.require();
        }
        return isLong;
    }

    private static void end(Lifetime lifetime, boolean isHeld) {
        if (isHeld) {
            lifetime.exit();
        }
    }

    /** {@return the array that was opened; null for the numbers of a Java array} */
    INDArray owner();

    /** {@return the number of elements} */
    int size();

    /** {@return how long the memory may be used} */
    Lifetime lifetime();

    /** Single precision. */
    final class Floats implements Elements {
        private final FloatBuffer buffer;
        private final FloatPointer pointer;
        private final INDArray owner;
        private final Lifetime lifetime;

        private Floats(FloatBuffer buffer, FloatPointer pointer, INDArray owner, Lifetime lifetime) {
            this.buffer = buffer;
            this.pointer = pointer;
            this.owner = owner;
            this.lifetime = lifetime;
        }

        /**
         * {@return the memory, for kernels; not to be kept beyond a run}
         *
         * @throws IllegalStateException if it was returned
         */
        public FloatBuffer buffer() {
            lifetime.require();
            return buffer;
        }

        /**
         * {@return a pointer to the first element, for native calls; not to be kept beyond a run}
         *
         * @throws IllegalStateException if the memory was returned
         */
        public FloatPointer pointer() {
            lifetime.require();
            return pointer;
        }

        @Override
        public INDArray owner() {
            return owner;
        }

        @Override
        public Lifetime lifetime() {
            return lifetime;
        }

        @Override
        public DType dtype() {
            return DType.FLOAT32;
        }

        @Override
        public double get(int i) {
            return buffer().get(i);
        }

        @Override
        public void set(int i, double value) {
            buffer().put(i, (float) value);
        }

        @Override
        public void read(int from, int count, double[] into) {
            boolean isHeld = begin(lifetime, count);
            try {
                for (int i = 0; i < count; i++) {
                    into[i] = buffer.get(from + i);
                }
            } finally {
                end(lifetime, isHeld);
            }
        }

        @Override
        public void write(int from, int count, double[] values) {
            boolean isHeld = begin(lifetime, count);
            try {
                for (int i = 0; i < count; i++) {
                    buffer.put(from + i, (float) values[i]);
                }
            } finally {
                end(lifetime, isHeld);
            }
        }

        @Override
        public void read(int from, int count, float[] into) {
            boolean isHeld = begin(lifetime, count);
            try {
                buffer.get(from, into, 0, count);
            } finally {
                end(lifetime, isHeld);
            }
        }

        @Override
        public void write(int from, int count, float[] values) {
            boolean isHeld = begin(lifetime, count);
            try {
                buffer.put(from, values, 0, count);
            } finally {
                end(lifetime, isHeld);
            }
        }

        @Override
        public int size() {
            return buffer.capacity();
        }
    }

    /** Double precision. */
    final class Doubles implements Elements {
        private final DoubleBuffer buffer;
        private final DoublePointer pointer;
        private final INDArray owner;
        private final Lifetime lifetime;

        private Doubles(DoubleBuffer buffer, DoublePointer pointer, INDArray owner, Lifetime lifetime) {
            this.buffer = buffer;
            this.pointer = pointer;
            this.owner = owner;
            this.lifetime = lifetime;
        }

        /**
         * {@return the memory, for kernels; not to be kept beyond a run}
         *
         * @throws IllegalStateException if it was returned
         */
        public DoubleBuffer buffer() {
            lifetime.require();
            return buffer;
        }

        /**
         * {@return a pointer to the first element, for native calls; not to be kept beyond a run}
         *
         * @throws IllegalStateException if the memory was returned
         */
        public DoublePointer pointer() {
            lifetime.require();
            return pointer;
        }

        @Override
        public INDArray owner() {
            return owner;
        }

        @Override
        public Lifetime lifetime() {
            return lifetime;
        }

        @Override
        public DType dtype() {
            return DType.FLOAT64;
        }

        @Override
        public double get(int i) {
            return buffer().get(i);
        }

        @Override
        public void set(int i, double value) {
            buffer().put(i, value);
        }

        @Override
        public void read(int from, int count, double[] into) {
            boolean isHeld = begin(lifetime, count);
            try {
                buffer.get(from, into, 0, count);
            } finally {
                end(lifetime, isHeld);
            }
        }

        @Override
        public void write(int from, int count, double[] values) {
            boolean isHeld = begin(lifetime, count);
            try {
                buffer.put(from, values, 0, count);
            } finally {
                end(lifetime, isHeld);
            }
        }

        @Override
        public int size() {
            return buffer.capacity();
        }
    }

    /** Integers; exact as doubles up to 2^53. */
    final class Longs implements Elements {
        private final LongBuffer buffer;
        private final INDArray owner;
        private final Lifetime lifetime;

        private Longs(LongBuffer buffer, INDArray owner, Lifetime lifetime) {
            this.buffer = buffer;
            this.owner = owner;
            this.lifetime = lifetime;
        }

        /**
         * {@return the memory, for kernels; not to be kept beyond a run}
         *
         * @throws IllegalStateException if it was returned
         */
        public LongBuffer buffer() {
            lifetime.require();
            return buffer;
        }

        @Override
        public INDArray owner() {
            return owner;
        }

        @Override
        public Lifetime lifetime() {
            return lifetime;
        }

        @Override
        public DType dtype() {
            return DType.INT64;
        }

        @Override
        public double get(int i) {
            return buffer().get(i);
        }

        @Override
        public void set(int i, double value) {
            buffer().put(i, (long) value);
        }

        @Override
        public void read(int from, int count, double[] into) {
            boolean isHeld = begin(lifetime, count);
            try {
                for (int i = 0; i < count; i++) {
                    into[i] = buffer.get(from + i);
                }
            } finally {
                end(lifetime, isHeld);
            }
        }

        @Override
        public void write(int from, int count, double[] values) {
            boolean isHeld = begin(lifetime, count);
            try {
                for (int i = 0; i < count; i++) {
                    buffer.put(from + i, (long) values[i]);
                }
            } finally {
                end(lifetime, isHeld);
            }
        }

        @Override
        public int size() {
            return buffer.capacity();
        }
    }
}
