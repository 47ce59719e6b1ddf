package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;

/** [cases, a, b, ...] to [cases, a b ...]. */
public final class Flatten extends Module {
    /** A layer. */
    public Flatten() {}

    @Override
    public Tensor forward(Tensor x) {
        long cases = x.shape().size(0);
        return x.reshape(cases, cases == 0 ? 0 : x.shape().count() / cases);
    }
}
