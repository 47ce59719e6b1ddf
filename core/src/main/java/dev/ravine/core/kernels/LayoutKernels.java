package dev.ravine.core.kernels;

import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels that move numbers without computing: copies, broadcasts, permutations, slices, padding and fills. */
public final class LayoutKernels {
    private LayoutKernels() {}

    /**
     * {@return a kernel that sets every element of y to a value}
     *
     * @param y result
     * @param value the value
     */
    public static Kernel fill(INDArray y, double value) {
        return HeldKernel.ifLarge(fill(Elements.of(y), value), y);
    }

    private static Kernel fill(Elements to, double value) {
        int size = to.size();
        return () -> {
            Scratch scratch = Scratch.ofThread();
            double[] doubles = scratch.doubles[0];
            float[] floats = scratch.floats[0];
            Arrays.fill(doubles, value);
            Arrays.fill(floats, (float) value);
            for (int i = 0; i < size; i += Scratch.CHUNK) {
                int count = Math.min(Scratch.CHUNK, size - i);
                if (to instanceof Elements.Floats out) {
                    out.buffer().put(i, floats, 0, count);
                } else {
                    to.write(i, count, doubles);
                }
            }
        };
    }

    /**
     * {@return the kernel y = x, of the same number of elements}
     *
     * @param x input
     * @param y result
     */
    public static Kernel copy(INDArray x, INDArray y) {
        Fit.counts("copy", x, y);
        Shape flat = Shape.of(y.length());
        return StridedCopy.of(flat, x, 0, new long[] {1}, y, 0, new long[] {1});
    }

    /**
     * {@return the kernel y = x repeated along the axes in which x has size 1 or which it lacks} y is not x.
     *
     * @param x input
     * @param y result
     */
    public static Kernel broadcast(INDArray x, INDArray y) {
        Shape shape = Shape.of(y);
        if (DType.of(x) == DType.of(y) && RepeatedRow.fits(x, shape)) {
            return HeldKernel.ifLarge(RepeatedRow.of(x, y), x, y);
        }
        return StridedCopy.of(shape, x, 0, StridedCopy.broadcastStrides(Shape.of(x), shape), y, 0, shape.strides());
    }

    /**
     * {@return the kernel y = x with its axes reordered: axis i of y is axis order[i] of x} y is not x.
     *
     * @param x input
     * @param order a permutation of the axes
     * @param y result
     */
    public static Kernel permute(INDArray x, int[] order, INDArray y) {
        if (!Arrays.equals(Arrays.stream(order).sorted().toArray(), Shape.of(x).axes())) {
            throw new ShapeException("permute: " + Arrays.toString(order) + " does not name each axis of the shape "
                    + Shape.of(x) + " once, counted from 0");
        }
        Fit.shape(
                "permute",
                "the result",
                y,
                Shape.of(Arrays.stream(order).mapToLong(x::size).toArray()));
        long[] strides = Shape.of(x).strides();
        long[] permuted = Arrays.stream(order).mapToLong(i -> strides[i]).toArray();
        Shape shape = Shape.of(y);
        return StridedCopy.of(shape, x, 0, permuted, y, 0, shape.strides());
    }

    /**
     * {@return the kernel y = the part of x that begins at an index and has the shape of y} y is not x.
     *
     * @param x input
     * @param begin the index of the first element of the part
     * @param y result
     */
    public static Kernel slice(INDArray x, long[] begin, INDArray y) {
        Fit.part("slice", x, begin, y);
        long[] strides = Shape.of(x).strides();
        Shape shape = Shape.of(y);
        return StridedCopy.of(shape, x, StridedCopy.offset(begin, strides), strides, y, 0, shape.strides());
    }

    /**
     * {@return the kernel y = zeros, except for a copy of x that begins at an index} y is not x.
     *
     * @param x input
     * @param begin the index of the first element of the copy
     * @param y result
     */
    public static Kernel pad(INDArray x, long[] begin, INDArray y) {
        return new KernelSequence(fill(y, 0), insert("pad", x, begin, y));
    }

    /**
     * {@return the kernel y = every step-th slice of x along an axis, from one on} y is not x.
     *
     * @param x input
     * @param axis from 0
     * @param from the index of the first slice
     * @param step at least 1
     * @param y result
     */
    public static Kernel every(INDArray x, int axis, long from, long step, INDArray y) {
        Fit.every("every", x, axis, from, step, y);
        long[] strides = Shape.of(x).strides();
        long[] steps = stepped(strides, axis, step);
        Shape shape = Shape.of(y);
        return StridedCopy.of(shape, x, from * strides[axis], steps, y, 0, shape.strides());
    }

    /**
     * {@return the kernel y = zeros, except for every step-th slice along an axis, from one on, which are those of x:
     * the transpose of {@link #every}} y is not x.
     *
     * @param x input
     * @param axis from 0
     * @param from the index of the first slice
     * @param step at least 1
     * @param y result
     */
    public static Kernel spread(INDArray x, int axis, long from, long step, INDArray y) {
        Fit.every("spread", y, axis, from, step, x);
        long[] strides = Shape.of(y).strides();
        long[] steps = stepped(strides, axis, step);
        Shape shape = Shape.of(x);
        Kernel copy = StridedCopy.of(shape, x, 0, shape.strides(), y, from * strides[axis], steps);
        return new KernelSequence(fill(y, 0), copy);
    }

    private static long[] stepped(long[] strides, int axis, long step) {
        long[] steps = strides.clone();
        steps[axis] *= step;
        return steps;
    }

    /**
     * {@return the kernel y = the parts, one after another along an axis} y is none of them.
     *
     * @param parts arrays of equal sizes in all other axes
     * @param axis from 0
     * @param y result
     */
    public static Kernel concat(List<INDArray> parts, int axis, INDArray y) {
        Fit.axis("concat", y, axis);
        long sum = 0;
        for (INDArray part : Check.noNulls("concat: the parts", parts)) {
            Fit.otherAxes("concat", y, part, axis);
            sum += part.size(axis);
        }
        if (sum != y.size(axis)) {
            throw new ShapeException("concat: the parts have " + sum + " numbers along axis " + axis
                    + ", the result of shape " + Shape.of(y) + " has " + y.size(axis));
        }
        Kernel[] copies = new Kernel[parts.size()];
        long[] begin = new long[y.rank()];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = insert("concat", parts.get(i), begin, y);
            begin[axis] += parts.get(i).size(axis);
        }
        return new KernelSequence(copies);
    }

    private static Kernel insert(String kernel, INDArray x, long[] begin, INDArray y) {
        Fit.part(kernel, y, begin, x);
        long[] strides = Shape.of(y).strides();
        Shape shape = Shape.of(x);
        return StridedCopy.of(shape, x, 0, shape.strides(), y, StridedCopy.offset(begin, strides), strides);
    }
}
