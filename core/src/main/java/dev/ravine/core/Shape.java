package dev.ravine.core;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sizes of an array's axes, outermost first; immutable. A scalar has no axes, an axis may have size 0. */
public final class Shape {
    private final long[] dims;

    private Shape(long[] dims) {
        this.dims = dims;
    }

    /**
     * A shape of given sizes.
     *
     * @param dims the size of each axis, none negative
     * @return the shape
     * @throws ShapeException if a size is negative
     */
    public static Shape of(long... dims) {
        for (long d : dims) {
            if (d < 0) {
                throw new ShapeException("shape " + Arrays.toString(dims) + " has a negative size");
            }
        }
        return new Shape(dims.clone());
    }

    /**
     * The shape of an array.
     *
     * @param array any array
     * @return its shape
     */
    public static Shape of(INDArray array) {
        return new Shape(array.shape().clone());
    }

    /** {@return the number of axes: 0 for a scalar} */
    public int rank() {
        return dims.length;
    }

    /**
     * The size of one axis.
     *
     * @param axis from 0, or negative to count from the last one
     * @return its size
     * @throws ShapeException if there is no such axis
     */
    public long size(int axis) {
        return dims[axis(axis)];
    }

    /**
     * {@return the number of elements, which is the product of all sizes: 1 for a scalar, 0 if a size is 0}
     *
     * @throws ShapeException if it is 2^63 or more
     */
    public long count() {
        if (Arrays.stream(dims).anyMatch(d -> d == 0)) {
            return 0;
        }
        long n = 1;
        for (long d : dims) {
            if (n > Long.MAX_VALUE / d) {
                throw new ShapeException("the shape " + this + " has more elements than can be counted");
            }
            n *= d;
        }
        return n;
    }

    /** {@return a copy of the sizes} */
    public long[] toArray() {
        return dims.clone();
    }

    /**
     * An axis counted from 0.
     *
     * @param axis from 0, or negative to count from the last one
     * @return the same axis, from 0
     * @throws ShapeException if there is no such axis
     */
    public int axis(int axis) {
        int normal = axis < 0 ? axis + dims.length : axis;
        if (normal < 0 || normal >= dims.length) {
            throw new ShapeException("axis " + axis + " does not exist in shape " + this + " of rank " + dims.length);
        }
        return normal;
    }

    /**
     * Several axes counted from 0, sorted; none means all.
     *
     * @param axes axes from 0, or negative to count from the last one
     * @return the axes, ascending
     * @throws ShapeException if one does not exist or is repeated
     */
    public int[] axes(int... axes) {
        if (axes.length == 0) {
            int[] all = new int[dims.length];
            Arrays.setAll(all, i -> i);
            return all;
        }
        int[] normal = Arrays.stream(axes).map(this::axis).sorted().distinct().toArray();
        if (normal.length != axes.length) {
            throw new ShapeException("axes " + Arrays.toString(axes) + " name one axis of " + this + " twice");
        }
        return normal;
    }

    /**
     * This shape with some axes reduced to size 1.
     *
     * @param axes axes from 0, or negative to count from the last one
     * @return a shape of the same rank
     * @throws ShapeException if one does not exist
     */
    public Shape keeping(int... axes) {
        long[] kept = dims.clone();
        for (int a : axes) {
            kept[axis(a)] = 1;
        }
        return new Shape(kept);
    }

    /**
     * This shape without some axes.
     *
     * @param axes axes from 0
     * @return a shape of smaller rank
     */
    public Shape dropping(int... axes) {
        return new Shape(LongStream.range(0, dims.length)
                .filter(i -> Arrays.stream(axes).noneMatch(a -> a == i))
                .map(i -> dims[(int) i])
                .toArray());
    }

    /**
     * Whether an array of this shape can be broadcast to another by NumPy's rule.
     *
     * @param target the larger shape
     * @return true if every axis, aligned at the last one, is equal or 1
     */
    public boolean broadcastsTo(Shape target) {
        int lead = target.dims.length - dims.length;
        if (lead < 0) {
            return false;
        }
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] != 1 && dims[i] != target.dims[lead + i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The shape of an elementwise operation on two arrays by NumPy's rule: aligned at the last axis, sizes must be
     * equal or one of them 1.
     *
     * @param operation named in the error
     * @param a one shape
     * @param b the other
     * @return the common shape
     * @throws ShapeException if the two do not fit
     */
    public static Shape broadcast(String operation, Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        long[] out = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
            long y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (x != y && x != 1 && y != 1) {
                throw new ShapeException(operation + ": shapes " + a + " and " + b
                        + " do not broadcast: aligned at the last axis, sizes must be equal or 1, but axis -" + i
                        + " has " + x + " and " + y);
            }
            out[rank - i] = x == 1 ? y : x;
        }
        return new Shape(out);
    }

    /** {@return the step in elements between neighbours along each axis of a dense row-major array of this shape} */
    public long[] strides() {
        long[] strides = new long[dims.length];
        long step = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= dims[i];
        }
        return strides;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
