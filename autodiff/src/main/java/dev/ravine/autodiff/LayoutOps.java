package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.LayoutKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Linear operations that move or repeat numbers. The transpose of each is another one of them. */
final class LayoutOps {
    private LayoutOps() {}

    /** The sizes for a reshape, of which one may be -1. */
    static Shape completed(Shape from, long... dims) {
        long known = 1;
        int open = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && open >= 0) {
                throw reshape(from, dims, "one size can be -1 and follow from the others, but not two");
            } else if (dims[i] == -1) {
                open = i;
            } else if (dims[i] < 0) {
                throw reshape(from, dims, "the new shape has a negative size that is not -1");
            } else if (dims[i] != 0 && known > Long.MAX_VALUE / dims[i]) {
                throw reshape(from, dims, "there are more elements than can be counted");
            } else {
                known *= dims[i];
            }
        }
        if (open < 0) {
            return Shape.of(dims);
        }
        if (known < 1 || from.count() % known != 0) {
            throw reshape(from, dims, "no size in place of -1 gives " + from.count() + " elements");
        }
        long[] sizes = dims.clone();
        sizes[open] = from.count() / known;
        return Shape.of(sizes);
    }

    private static ShapeException reshape(Shape from, long[] dims, String why) {
        return new ShapeException("reshape of " + from + " to " + Arrays.toString(dims) + ": " + why);
    }

    /** The axes of an order, from 0. */
    static List<Integer> order(Shape shape, int... order) {
        return Arrays.stream(order).map(shape::axis).boxed().toList();
    }

    /** The dtype that all operands have, integers included. */
    static DType common(String op, Tensor... in) {
        for (Tensor t : in) {
            if (t.dtype() != in[0].dtype()) {
                throw new ShapeException(op + ": inputs must share one dtype, found " + in[0].dtype() + " "
                        + in[0].shape() + " and " + t.dtype() + " " + t.shape() + "; convert one with cast");
            }
        }
        return in[0].dtype();
    }

    /** A constant with the same number in every element. {@link Tensor} simplifies operations on it. */
    record Fill(double value, DType type, Shape shape) implements ZeroDerivative {
        @Override
        public Shape infer(Tensor... in) {
            return shape;
        }

        @Override
        public DType dtype(Tensor... in) {
            return type;
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return LayoutKernels.fill(out, value);
        }
    }

    /** An op that moves numbers as they are, integers included. */
    interface Moving extends Linear {
        @Override
        default DType dtype(Tensor... in) {
            return in[0].dtype();
        }
    }

    /** The same numbers in the same order under another shape; always a view. */
    record Reshape(Shape shape) implements Moving {
        @Override
        public Shape infer(Tensor... in) {
            if (in[0].shape().count() != shape.count()) {
                throw new ShapeException("reshape: " + in[0].shape() + " has "
                        + in[0].shape().count() + " elements, but " + shape + " has " + shape.count());
            }
            return shape;
        }

        /** Elements stay in their order. */
        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            return in;
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return LayoutKernels.copy(x, y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return cotangent.reshape(x.shape());
        }

        @Override
        public boolean isView() {
            return true;
        }

        @Override
        public long cost(Tensor y) {
            return 0;
        }
    }

    /** Axes reordered: axis i of the result is axis order[i] of the operand. */
    record Permute(List<Integer> order) implements Moving {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            if (!order.stream()
                    .sorted()
                    .toList()
                    .equals(IntStream.range(0, x.rank()).boxed().toList())) {
                throw new ShapeException("permute: order " + order + " must name each axis of shape " + x + " once");
            }
            return Shape.of(order.stream().mapToLong(x::size).toArray());
        }

        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            Shape x = y.operand(0).shape();
            int axis = in.axis(x);
            if (axis < 0) {
                return order.get(0) == 0 && in.areWithinFirst(x) ? in : in.unknown();
            }
            return in.at(y.shape(), order.indexOf(axis));
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return LayoutKernels.permute(
                    x, order.stream().mapToInt(Integer::intValue).toArray(), y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            int[] inverse = new int[order.size()];
            for (int i = 0; i < inverse.length; i++) {
                inverse[order.get(i)] = i;
            }
            return cotangent.permute(inverse);
        }
    }

    /** An op that changes the size of one axis. */
    interface Resizing extends Op {
        int axis();

        @Override
        default Examples examples(Tensor y, int i, Examples in) {
            return in.resized(y.operand(i).shape(), axis(), y.shape());
        }
    }

    /** The block with indices [from, to) along one axis. */
    record Slice(int axis, long from, long to) implements Moving, Resizing {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            if (from < 0 || from > to || to > x.size(axis)) {
                throw new ShapeException(
                        "slice: [" + from + ", " + to + ") is not inside axis " + axis + " of shape " + x);
            }
            return resized(x, axis, to - from);
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return LayoutKernels.slice(x, begin(x, axis, from), y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return Tensor.of(new Pad(axis, from, x.shape().size(axis)), cotangent);
        }
    }

    /** Zeros of a given size along one axis, except for a block that holds the operand. */
    record Pad(int axis, long from, long size) implements Moving, Resizing {
        @Override
        public Shape infer(Tensor... in) {
            Shape x = in[0].shape();
            if (from < 0 || from + x.size(axis) > size) {
                throw new ShapeException("pad: a block of shape " + x + " at " + from + " does not fit into size "
                        + size + " of axis " + axis);
            }
            return resized(x, axis, size);
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return LayoutKernels.pad(x, begin(y, axis, from), y);
        }

        @Override
        public Block block(Tensor y) {
            return new Block(axis, from);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return cotangent.slice(axis, from, from + x.shape().size(axis));
        }
    }

    /** The parts joined along an axis. */
    record Concat(int axis) implements Resizing {
        @Override
        public DType dtype(Tensor... in) {
            return common(name(), in);
        }

        @Override
        public Shape infer(Tensor... in) {
            long size = 0;
            for (Tensor part : in) {
                if (part.shape().rank() != in[0].shape().rank()
                        || !resized(part.shape(), axis, 0).equals(resized(in[0].shape(), axis, 0))) {
                    throw new ShapeException("concat along axis " + axis + ": other axes must be equal, found shapes "
                            + in[0].shape() + " and " + part.shape());
                }
                size += part.shape().size(axis);
            }
            return resized(in[0].shape(), axis, size);
        }

        @Override
        public Kernel bind(INDArray[] in, INDArray out) {
            return LayoutKernels.concat(Arrays.asList(in), axis, out);
        }

        @Override
        public Tensor jvp(Tensor y, int i, Tensor tangent) {
            return Tensor.of(new Pad(axis, start(y, i), y.shape().size(axis)), tangent);
        }

        @Override
        public Tensor vjp(Tensor y, int i, Tensor cotangent) {
            long from = start(y, i);
            return cotangent.slice(axis, from, from + y.operand(i).shape().size(axis));
        }

        private long start(Tensor y, int i) {
            long start = 0;
            for (int j = 0; j < i; j++) {
                start += y.operand(j).shape().size(axis);
            }
            return start;
        }
    }

    /** The operand repeated to a larger shape by NumPy's rule. */
    record Broadcast(Shape shape) implements Moving {
        @Override
        public Shape infer(Tensor... in) {
            if (!in[0].shape().broadcastsTo(shape)) {
                throw new ShapeException("broadcast: " + in[0].shape() + " does not broadcast to " + shape);
            }
            return shape;
        }

        @Override
        public boolean isRepetition() {
            return true;
        }

        @Override
        public Examples examples(Tensor y, int i, Examples in) {
            return in.broadcast(y.operand(0).shape(), shape);
        }

        @Override
        public Kernel kernel(INDArray x, INDArray y) {
            return LayoutKernels.broadcast(x, y);
        }

        @Override
        public Tensor transpose(Tensor cotangent, Tensor x) {
            return cotangent.sumTo(x.shape());
        }
    }

    /** The axes of the large shape along which a broadcast repeats the small one. */
    static int[] repeatedAxes(Shape small, Shape large) {
        int lead = large.rank() - small.rank();
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < large.rank(); i++) {
            if (i < lead || (small.size(i - lead) == 1 && large.size(i) != 1)) {
                axes.add(i);
            }
        }
        return axes.stream().mapToInt(Integer::intValue).toArray();
    }

    static Shape resized(Shape shape, int axis, long size) {
        long[] dims = shape.toArray();
        dims[axis] = size;
        return Shape.of(dims);
    }

    private static long[] begin(INDArray array, int axis, long from) {
        long[] begin = new long[array.rank()];
        begin[axis] = from;
        return begin;
    }
}
