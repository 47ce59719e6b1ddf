package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;

/** Checks of inputs, and products over their last axis. */
final class Sizes {
    private Sizes() {}

    /** Refuses an input that is not a sequence of rows of a width. */
    static void requireSequence(String layer, Tensor x, long width) {
        Shape shape = x.shape();
        if (!x.dtype().isFloating() || shape.rank() != 3 || shape.size(2) != width || shape.size(1) < 1) {
            throw new ShapeException(layer + ": needs an input [examples, time, " + width + "] of at least one step,"
                    + " found " + x.dtype() + " " + shape + "; tokens go through an Embedding first");
        }
    }

    /** Refuses a mask that does not have one number for each example and step. */
    static void requireMask(String layer, Tensor x, Tensor mask) {
        Shape expected = Shape.of(x.shape().size(0), x.shape().size(1));
        if (mask.dtype() != x.dtype() || !mask.shape().equals(expected)) {
            throw new ShapeException(layer + ": an input " + x.shape() + " needs a mask [examples, time] of "
                    + x.dtype() + " " + expected + ", 1 at steps that count and 0 at padding, found " + mask.dtype()
                    + " " + mask.shape());
        }
    }

    /** Refuses an input whose last axis does not have a size. */
    static void requireLast(String layer, Tensor x, long width) {
        Shape shape = x.shape();
        if (shape.rank() < 2 || shape.size(-1) != width) {
            throw new ShapeException(layer + ": needs an input [examples, ..., " + width + "], found " + shape
                    + "; channels are the last axis");
        }
    }

    /** All rows of the last axis as one matrix: the examples in order, each with its places. */
    static Tensor rows(Tensor x) {
        long width = x.shape().size(-1);
        return x.reshape(Shape.of(x.shape().count() / Math.max(1, width), width));
    }

    /** Rows as a sequence again. */
    static Tensor sequence(Tensor rows, Tensor like) {
        return rows.reshape(Shape.of(
                like.shape().size(0), like.shape().size(1), rows.shape().size(1)));
    }
}
