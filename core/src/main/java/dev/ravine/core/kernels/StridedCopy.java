package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies between arrays with different strides: what permute, slice, pad, concat and broadcast have in common. */
final class StridedCopy {
    private StridedCopy() {}

    /**
     * {@return a kernel that copies element by element over a shape}
     *
     * @param shape the range of the index
     * @param from source
     * @param fromOffset the source element at index 0
     * @param fromStrides the source step of each axis; 0 repeats
     * @param to target
     * @param toOffset the target element at index 0
     * @param toStrides the target step of each axis
     */
    static Kernel of(
            Shape shape,
            INDArray from,
            long fromOffset,
            long[] fromStrides,
            INDArray to,
            long toOffset,
            long[] toStrides) {
        Elements source = Elements.of(from);
        Elements target = Elements.of(to);
        int last = shape.rank() - 1;
        int inner = last < 0 ? 1 : (int) shape.size(last);
        int fromStep = last < 0 ? 0 : (int) fromStrides[last];
        int toStep = last < 0 ? 0 : (int) toStrides[last];
        Shape outer = last < 0 ? Shape.of() : shape.dropping(last);
        int rows = shape.count() == 0 ? 0 : (int) outer.count();
        long[] index = new long[outer.rank()];
        Kernel copy = () -> {
            for (int r = 0; r < rows; r++) {
                int f = (int) (fromOffset + offset(index, fromStrides));
                int t = (int) (toOffset + offset(index, toStrides));
                row(source, f, fromStep, target, t, toStep, inner);
                advance(index, outer);
            }
        };
        return HeldKernel.ifLarge(copy, from, to);
    }

    /** Copies elements at equal distances. */
    static void row(Elements source, int f, int fromStep, Elements target, int t, int toStep, int count) {
        if (source instanceof Elements.Floats a && target instanceof Elements.Floats b) {
            row(a.buffer(), f, fromStep, b.buffer(), t, toStep, count);
        } else if (source instanceof Elements.Doubles a && target instanceof Elements.Doubles b) {
            row(a.buffer(), f, fromStep, b.buffer(), t, toStep, count);
        } else if (source instanceof Elements.Longs a && target instanceof Elements.Longs b) {
            for (int i = 0; i < count; i++) {
                b.buffer().put(t + i * toStep, a.buffer().get(f + i * fromStep));
            }
        } else {
            for (int i = 0; i < count; i++) {
                target.set(t + i * toStep, source.get(f + i * fromStep));
            }
        }
    }

    private static void row(FloatBuffer from, int f, int fromStep, FloatBuffer to, int t, int toStep, int count) {
        if (fromStep == 1 && toStep == 1) {
            to.put(t, from, f, count);
        } else {
            for (int i = 0; i < count; i++) {
                to.put(t + i * toStep, from.get(f + i * fromStep));
            }
        }
    }

    private static void row(DoubleBuffer from, int f, int fromStep, DoubleBuffer to, int t, int toStep, int count) {
        if (fromStep == 1 && toStep == 1) {
            to.put(t, from, f, count);
        } else {
            for (int i = 0; i < count; i++) {
                to.put(t + i * toStep, from.get(f + i * fromStep));
            }
        }
    }

    /** The element at an index; strides may have more axes than the index. */
    static long offset(long[] index, long[] strides) {
        long offset = 0;
        for (int i = 0; i < index.length; i++) {
            offset += index[i] * strides[i];
        }
        return offset;
    }

    /** Moves to the next index in row-major order, from the last one back to the first. */
    static void advance(long[] index, Shape shape) {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            if (++index[axis] < shape.size(axis)) {
                return;
            }
            index[axis] = 0;
        }
    }

    /** The strides that repeat an array of one shape over a larger one. */
    static long[] broadcastStrides(Shape from, Shape to) {
        if (!from.broadcastsTo(to)) {
            throw new ShapeException("an array of shape " + from + " cannot be repeated over the shape " + to);
        }
        long[] own = from.strides();
        long[] strides = new long[to.rank()];
        int lead = to.rank() - from.rank();
        for (int i = 0; i < own.length; i++) {
            strides[lead + i] = from.size(i) == 1 ? 0 : own[i];
        }
        return strides;
    }
}
