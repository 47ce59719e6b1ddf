package dev.ravine.benchmarks;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Flatten;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** An image as a row of numbers, with channels last. */
record FlatLayer() implements Layer {
    @Override
    public Module ravine() {
        return new Flatten();
    }

    @Override
    public Tensor pytorch(Tensor x, List<Tensor> weights) {
        return x.permute(0, 2, 3, 1).reshape(x.size(0), -1);
    }

    @Override
    public String toString() {
        return "";
    }
}
