package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import java.util.stream.IntStream;

/**
 * Where the examples of a batch are in a tensor. If they are {@link Kind#APART}, the element with row-major index e
 * belongs to example (e / inner) mod count, where inner is the number of elements divided by outer times count. So
 * outer = 1 means that examples come first, as in [examples, width] or [examples * places, width]; outer = 5 may be [5,
 * examples, width].
 *
 * @param kind whether examples can be told apart
 * @param count the number of examples
 * @param outer the number of elements before the examples' axis
 */
public record Examples(Kind kind, long count, long outer) {
    /** Whether each element belongs to one example. */
    public enum Kind {
        /** Each element depends on one example only. */
        APART,
        /** Some element depends on several examples. */
        MIXED,
        /** An operation does not say what it does with them. */
        UNKNOWN
    }

    static Examples apart(long count, long outer) {
        return new Examples(Kind.APART, count, outer);
    }

    /** {@return the same count of examples, marked as mixed} */
    public Examples mixed() {
        return new Examples(Kind.MIXED, count, 0);
    }

    /** {@return the same count of examples, marked as unknown} */
    public Examples unknown() {
        return new Examples(Kind.UNKNOWN, count, 0);
    }

    /** {@return whether each element belongs to one example} */
    public boolean isApart() {
        return kind == Kind.APART;
    }

    /**
     * {@return the axis that counts the examples and nothing else, or -1 if they share an axis}
     *
     * @param shape of the tensor
     */
    public int axis(Shape shape) {
        long before = 1;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (before == outer && shape.size(axis) == count) {
                return axis;
            }
            before *= shape.size(axis);
        }
        return -1;
    }

    /**
     * {@return the same examples, along one axis of a tensor}
     *
     * @param shape of the tensor
     * @param axis the examples' axis
     */
    public Examples at(Shape shape, int axis) {
        long before = 1;
        for (int i = 0; i < axis; i++) {
            before *= shape.size(i);
        }
        return apart(count, before);
    }

    /**
     * {@return where the examples are after an operation that broadcasts by NumPy's rule}
     *
     * @param from the operand's shape
     * @param to the result's shape
     */
    public Examples broadcast(Shape from, Shape to) {
        int axis = axis(from);
        return isApart() && axis >= 0 ? at(to, axis + to.rank() - from.rank()) : aligned(from, to);
    }

    /**
     * {@return where the examples are after an operation that works row by row: of equal shape, or with the same first
     * axis}
     *
     * @param from the operand's shape
     * @param to the result's shape
     */
    public Examples aligned(Shape from, Shape to) {
        if (!isApart() || from.equals(to)) {
            return this;
        }
        boolean isSameFirst = from.rank() > 0 && to.rank() > 0 && from.size(0) == to.size(0);
        return isSameFirst && areWithinFirst(from) ? this : unknown();
    }

    /**
     * {@return whether the examples are in the first axis, alone or together with places, as in [examples * places,
     * width]}
     *
     * @param shape of the tensor
     */
    public boolean areWithinFirst(Shape shape) {
        return isApart() && shape.rank() > 0 && outer * count > 0 && shape.size(0) % (outer * count) == 0;
    }

    /**
     * {@return where the examples are after a reduction that keeps its axes with size 1}
     *
     * @param from the operand's shape
     * @param axes the reduced axes
     */
    public Examples reduced(Shape from, int... axes) {
        if (!isApart()) {
            return this;
        }
        int axis = axis(from);
        for (int reduced : axes) {
            if (reduced == axis) {
                return count == 1 ? this : mixed();
            }
        }
        return axis < 0 ? withinFirst(from, axes) : at(from.keeping(axes), axis);
    }

    /**
     * {@return where the examples are after an operation along one axis that changes its size; along the examples' axis
     * it mixes them}
     *
     * @param from the operand's shape
     * @param axis the axis of the operation
     * @param to the result's shape
     */
    public Examples resized(Shape from, int axis, Shape to) {
        if (!isApart()) {
            return this;
        }
        int own = axis(from);
        return own < 0 ? withinFirst(from, axis) : own == axis ? mixed() : at(to, own);
    }

    /** Examples that share the first axis with their places stay where they are if only other axes change. */
    private Examples withinFirst(Shape from, int... axes) {
        boolean areOthers = IntStream.of(axes).noneMatch(axis -> axis == 0);
        return areOthers && areWithinFirst(from) ? this : unknown();
    }
}
