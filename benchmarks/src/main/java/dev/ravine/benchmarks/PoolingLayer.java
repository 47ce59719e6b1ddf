package dev.ravine.benchmarks;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.MaxPool2d;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The maximum of each square of four pixels. */
record PoolingLayer() implements Layer {
    @Override
    public Module ravine() {
        return new MaxPool2d(2);
    }

    @Override
    public Tensor pytorch(Tensor x, List<Tensor> weights) {
        return torch.max_pool2d(x, 2, 2);
    }

    @Override
    public String toString() {
        return "pool";
    }
}
