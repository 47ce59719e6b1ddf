package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Module;

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
        Tensor y = body.apply(x);
        if (!y.shape().equals(x.shape())) {
            throw new ShapeException(
                    "residual: the body must keep the shape, but turned " + x.shape() + " into " + y.shape());
        }
        return x.add(y);
    }
}
