package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Module;

/** y = x + body(x). The body keeps the shape and is named {@code body}. */
public final class Residual extends Module {
    private final Module body;

    /**
     * Makes a layer.
     *
     * @param body a module that keeps the shape
     */
    public Residual(Module body) {
        this.body = child("body", body);
    }

    /** {@return the module whose output is added to its input} */
    public Module body() {
        return body;
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
