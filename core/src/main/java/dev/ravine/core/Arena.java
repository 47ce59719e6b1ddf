package dev.ravine.core;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An owner of native memory. Its arrays live until the arena is closed, which returns their memory at once, or as soon
 * as computations in other threads that use it have ended. Views share the memory of their root and end with it. Any
 * use of Ravine on an array of a closed arena is an {@link IllegalStateException} that names the arena's owner.
 *
 * <p>All arrays are dense, in row-major ('c') order.
 */
public final class Arena implements AutoCloseable {
    private final List<INDArray> roots = new ArrayList<>();
    private final Lifetime lifetime;
    private final ArrayMemory.Owner owner;
    private long bytes;

    /** An empty arena, which errors call "the arena". */
    public Arena() {
        this("the arena");
    }

    /**
     * An empty arena for the memory of some object.
     *
     * @param name the object, by which errors call it, such as {@code the program}
     */
    public Arena(String name) {
        this.lifetime = new Lifetime(name, this::release);
        this.owner = new ArrayMemory.Owner(lifetime);
    }

    /**
     * Allocates an array of zeros.
     *
     * @param dtype element type
     * @param shape sizes of the axes
     * @return an array that lives until {@link #close()}
     * @throws IllegalArgumentException if it would hold more than 2^31 - 1 bytes
     * @throws IllegalStateException if the arena is closed
     */
    public INDArray allocate(DType dtype, Shape shape) {
        lifetime.enter();
        try {
            INDArray array = create(dtype, shape);
            ArrayMemory.add(array, owner);
            roots.add(array);
            bytes += array.length() * dtype.bytes();
            return array;
        } finally {
            lifetime.exit();
        }
    }

    /**
     * Allocates an array of zeros without an owner; the garbage collector returns its memory some time after the last
     * use. This is for values that scripts print. Programs and optimizers own their memory.
     *
     * @param dtype element type
     * @param shape sizes of the axes
     * @return an array of zeros
     * @throws IllegalArgumentException if it would hold more than 2^31 - 1 bytes
     */
    public static INDArray create(DType dtype, Shape shape) {
        NativeRuntime.load();
        // Elements reads memory through NIO buffers, which address no more bytes than this.
        if (shape.count() > Integer.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException("an array of shape " + shape + " has " + shape.count()
                    + " elements, the limit of " + dtype + " is " + Integer.MAX_VALUE / dtype.bytes()
                    + "; use smaller batches");
        }
        return Nd4j.create(dtype.toNd4j(), shape.toArray());
    }

    /**
     * A window on an array's memory; writing to one writes to the other.
     *
     * @param root a dense array
     * @param offset the first element of the window, counted in elements of {@code root}
     * @param shape the shape of the window
     * @return the view
     * @throws IllegalArgumentException if the window does not lie inside {@code root}, or the root has gaps
     * @throws IllegalStateException if the root's memory was returned
     */
    public static INDArray view(INDArray root, long offset, Shape shape) {
        Lifetime memory = ArrayMemory.requireOpen(root);
        long count = shape.count();
        if (offset < 0 || offset > root.length() - count) {
            throw new IllegalArgumentException("a view of " + count + " elements at offset " + offset
                    + " does not fit into an array of " + root.length() + " elements");
        }
        if (!isDense(root)) {
            throw new IllegalArgumentException("a view needs a dense, row-major array, found one of shape "
                    + Shape.of(root) + " with gaps or another order; pass Arena.dense(array)");
        }
        if (count == 0) {
            return Nd4j.create(root.dataType(), shape.toArray());
        }
        // ND4J counts the offset of a view from the start of the memory, also where the root is a view itself.
        return memory.during(() ->
                Nd4j.create(ArrayMemory.memory(root), shape.toArray(), shape.strides(), root.offset() + offset, 'c'));
    }

    /**
     * A dense row-major copy.
     *
     * @param array any array
     * @return a copy that the garbage collector owns
     */
    public static INDArray copyOf(INDArray array) {
        NativeRuntime.load();
        return ArrayMemory.requireOpen(array).during(() -> array.isEmpty() ? array : array.dup('c'));
    }

    /**
     * The array itself if it is dense and row-major, else a dense copy.
     *
     * @param array any array
     * @return a dense array of the same numbers
     */
    public static INDArray dense(INDArray array) {
        return isDense(array) ? array : copyOf(array);
    }

    /**
     * {@return whether the elements lie in row-major order without gaps}
     *
     * @param array any array
     */
    public static boolean isDense(INDArray array) {
        return Address.isDense(array);
    }

    /**
     * An array of given numbers.
     *
     * @param dtype element type
     * @param shape its shape
     * @param values the numbers, row by row
     * @return an array that the garbage collector owns
     * @throws ShapeException if there are not as many numbers as the shape has elements
     * @throws IllegalArgumentException if the dtype does not hold one of the numbers ({@link DType#checked})
     */
    public static INDArray of(DType dtype, Shape shape, double... values) {
        if (values.length != shape.count()) {
            throw new ShapeException("shape " + shape + " needs " + shape.count() + " values, found " + values.length);
        }
        INDArray array = create(dtype, shape);
        Elements out = Elements.of(array);
        for (int i = 0; i < values.length; i++) {
            out.set(i, dtype.checked(values[i]));
        }
        return array;
    }

    /**
     * An array of labels or indices.
     *
     * @param values the integers
     * @return a vector of dtype {@link DType#INT64}
     */
    public static INDArray ofIntegers(long... values) {
        NativeRuntime.load();
        return values.length == 0 ? Nd4j.create(DataType.INT64, 0) : Nd4j.createFromArray(values);
    }

    /**
     * The numbers of an array as Java doubles, in row-major order.
     *
     * @param array any array
     * @return a copy
     */
    public static double[] toDoubles(INDArray array) {
        double[] values = new double[Math.toIntExact(array.length())];
        if (values.length > 0) {
            Elements in = Elements.of(dense(array));
            Hold.enter(in, in);
            try {
                in.read(0, values.length, values);
            } finally {
                Hold.exit(in, in);
            }
        }
        return values;
    }

    /** {@return how long its arrays may be used} */
    public Lifetime lifetime() {
        return lifetime;
    }

    /** {@return the native memory that this arena holds now, in bytes} */
    public long bytes() {
        return bytes;
    }

    /**
     * Returns all memory: at once, or when the last computation that uses it has ended. Closing again does nothing.
     */
    @Override
    public void close() {
        lifetime.close();
    }

    private void release() {
        bytes = 0;
        for (INDArray root : roots) {
            if (root.closeable()) {
                root.close();
            }
        }
        roots.clear();
        owner.end(lifetime);
    }
}
