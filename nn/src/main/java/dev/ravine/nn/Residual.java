package dev.ravine.nn;

import dev.ravine.autodiff.Tensor;

/** y = x + body(x); the body, named {@code body}, keeps the shape. */
public final class Residual extends Module {
    private final Module body;

    /**
     * A layer.
     *
     * @param body what is added to its input
     */
    public Residual(Module body) {
        this.body = child("body", body);
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.add(body.apply(x));
    }
}
