package dev.ravine.autodiff;

import dev.ravine.core.Check;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Methods of {@link Tensor} that put operations of {@link LayoutOps} together and check what those cannot see. */
final class Layouts {
    private Layouts() {}

    static Tensor padded(Tensor x, int axis, long before, long after) {
        if (before < 0 || after < 0) {
            throw new ShapeException("pad: sizes must be at least 0, found " + before + " before and " + after
                    + " after axis " + axis + " of " + x.shape() + "; use slice to cut");
        }
        return before + after == 0
                ? x
                : Tensor.of(new LayoutOps.Pad(axis, before, before + x.shape().size(axis) + after), x);
    }

    static Tensor get(Tensor x, long... index) {
        if (index.length > x.shape().rank()) {
            throw new ShapeException("get: " + index.length + " indices for the axes of shape " + x.shape());
        }
        Tensor block = x;
        for (int axis = 0; axis < index.length; axis++) {
            long size = x.shape().size(axis);
            long at = index[axis] < 0 ? index[axis] + size : index[axis];
            if (at < 0 || at >= size) {
                throw new ShapeException(
                        "get: index " + index[axis] + " is outside of axis " + axis + " of shape " + x.shape());
            }
            block = size == 1 ? block : block.slice(axis, at, at + 1);
        }
        return block.reshape(x.shape().dropping(IntStream.range(0, index.length).toArray()));
    }

    static Tensor stack(int axis, Tensor... parts) {
        if (Check.noNullsIn("stack: tensors", parts).length == 0) {
            throw new IllegalArgumentException("stack: needs at least one tensor");
        }
        Shape shape = parts[0].shape();
        int at = axis < 0 ? axis + shape.rank() + 1 : axis;
        if (at < 0 || at > shape.rank()) {
            throw new ShapeException("stack: axis " + axis + " is none of the " + (shape.rank() + 1)
                    + " places for a new" + " axis in shape " + shape);
        }
        Tensor[] blocks = new Tensor[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (!parts[i].shape().equals(shape)) {
                throw new ShapeException(
                        "stack: all tensors must have one shape, found " + shape + " and " + parts[i].shape());
            }
            blocks[i] = parts[i].reshape(withAxis(shape, at));
        }
        return Tensor.concat(at, blocks);
    }

    private static Shape withAxis(Shape shape, int axis) {
        LongStream before = LongStream.of(shape.toArray()).limit(axis);
        LongStream after = LongStream.of(shape.toArray()).skip(axis);
        return Shape.of(LongStream.concat(before, LongStream.concat(LongStream.of(1), after))
                .toArray());
    }
}
