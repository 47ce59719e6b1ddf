package dev.ravine.autodiff;

import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;

/** An elementwise op whose operands and result all have one shape. */
interface SameShape extends Op {
    @Override
    default Shape infer(Tensor... in) {
        for (Tensor t : in) {
            if (!t.shape().equals(in[0].shape())) {
                throw new ShapeException(
                        name() + ": shapes must be equal, found " + in[0].shape() + " and " + t.shape());
            }
        }
        return in[0].shape();
    }

    @Override
    default boolean inPlace(int i) {
        return true;
    }
}
