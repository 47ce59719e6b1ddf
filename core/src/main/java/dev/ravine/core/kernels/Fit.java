package dev.ravine.core.kernels;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks that the arrays of a kernel fit together, when it is bound. Each error names the kernel and all shapes. */
final class Fit {
    private Fit() {}

    /** All arrays must have as many elements as the first one. */
    static void counts(String kernel, INDArray... arrays) {
        for (INDArray array : arrays) {
            if (array.length() != arrays[0].length()) {
                throw new ShapeException(kernel + ": needs arrays of equal numbers of elements, found "
                        + Arrays.stream(arrays).map(a -> Shape.of(a).toString()).collect(Collectors.joining(" and ")));
            }
        }
    }

    /** An array must have some number of elements. */
    static void count(String kernel, String what, INDArray array, long expected) {
        if (array.length() != expected) {
            throw new ShapeException(kernel + ": " + what + " needs " + expected + " elements, found " + array.length()
                    + " of shape " + Shape.of(array));
        }
    }

    /** An array must have a shape. */
    static void shape(String kernel, String what, INDArray array, Shape expected) {
        if (!Shape.of(array).equals(expected)) {
            throw new ShapeException(
                    kernel + ": " + what + " needs the shape " + expected + ", found " + Shape.of(array));
        }
    }

    /** An array must have a number of axes at least. */
    static void rank(String kernel, String what, INDArray array, int least) {
        if (array.rank() < least) {
            throw new ShapeException(
                    kernel + ": " + what + " needs " + least + " axes or more, found the shape " + Shape.of(array));
        }
    }

    /** An axis must be one of an array's, counted from 0. */
    static void axis(String kernel, INDArray array, int axis) {
        if (axis < 0 || axis >= array.rank()) {
            throw new ShapeException(kernel + ": axis " + axis + " is not among the " + array.rank()
                    + " axes of the shape " + Shape.of(array) + ", counted from 0");
        }
    }

    /** Axes must be some of a shape's, counted from 0 and ascending. */
    static void axes(Shape shape, int... axes) {
        for (int i = 0; i < axes.length; i++) {
            if (axes[i] < 0 || axes[i] >= shape.rank() || (i > 0 && axes[i] <= axes[i - 1])) {
                throw new ShapeException("axes " + Arrays.toString(axes) + " are not ascending axes of the shape "
                        + shape + ", counted from 0");
            }
        }
    }

    /** Two arrays must have the same sizes, except along an axis. */
    static void otherAxes(String kernel, INDArray a, INDArray b, int axis) {
        axis(kernel, a, axis);
        if (b.rank() != a.rank()
                || !Shape.of(a).keeping(axis).equals(Shape.of(b).keeping(axis))) {
            throw new ShapeException(kernel + ": needs equal sizes of all axes but axis " + axis + ", found "
                    + Shape.of(a) + " and " + Shape.of(b));
        }
    }

    /** A part of an array, given by the index of its first element, must lie within the array. */
    static void part(String kernel, INDArray whole, long[] begin, INDArray part) {
        boolean fits = begin.length == whole.rank() && part.rank() == whole.rank();
        for (int axis = 0; fits && axis < begin.length; axis++) {
            fits = begin[axis] >= 0
                    && part.size(axis) <= whole.size(axis)
                    && begin[axis] <= whole.size(axis) - part.size(axis);
        }
        if (!fits) {
            throw new ShapeException(kernel + ": a part of shape " + Shape.of(part) + " from index "
                    + Arrays.toString(begin) + " on does not lie within the shape " + Shape.of(whole));
        }
    }

    /** The slices of a part must be every step-th slice of an array, from one on. */
    static void every(String kernel, INDArray whole, int axis, long from, long step, INDArray part) {
        otherAxes(kernel, whole, part, axis);
        long slices = part.size(axis);
        long size = whole.size(axis);
        if (from < 0 || step < 1 || (slices > 0 && (from >= size || slices - 1 > (size - 1 - from) / step))) {
            throw new ShapeException(kernel + ": " + slices + " slices along axis " + axis + ", from " + from
                    + " in steps of " + step + ", do not lie within the shape " + Shape.of(whole));
        }
    }

    /** All arrays must have the dtype of the first one, which holds floating-point numbers. */
    static void oneFloatingType(String kernel, INDArray... arrays) {
        for (INDArray array : arrays) {
            if (DType.of(array) != DType.of(arrays[0]) || !DType.of(array).isFloating()) {
                throw new ShapeException(kernel + ": needs arrays of one floating-point type, found "
                        + Arrays.stream(arrays)
                                .map(a -> DType.of(a) + " " + Shape.of(a))
                                .collect(Collectors.joining(" and ")));
            }
        }
    }
}
