package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.nn.Module;

/** Reshapes [examples, a, b, ...] to [examples, a b ...]. */
public final class Flatten extends Module {
    /** Makes a layer. */
    public Flatten() {}

    @Override
    public Tensor forward(Tensor x) {
        return x.reshape(Shape.of(x.shape().size(0), x.shape().dropping(0).count()));
    }
}
