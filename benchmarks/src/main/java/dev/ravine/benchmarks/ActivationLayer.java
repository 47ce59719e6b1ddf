package dev.ravine.benchmarks;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A function of each number: tanh, relu or logistic. */
record ActivationLayer(String name) implements Layer {
    @Override
    public Module ravine() {
        return switch (name) {
            case "tanh" -> Activation.tanh();
            case "relu" -> Activation.relu();
            default -> Activation.sigmoid();
        };
    }

    @Override
    public Tensor pytorch(Tensor x, List<Tensor> weights) {
        return switch (name) {
            case "tanh" -> torch.tanh(x);
            case "relu" -> torch.relu(x);
            default -> torch.sigmoid(x);
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
