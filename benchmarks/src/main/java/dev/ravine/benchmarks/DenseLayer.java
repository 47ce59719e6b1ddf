package dev.ravine.benchmarks;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Linear;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Rows times a matrix, and biases; the rows of each example may be several. */
record DenseLayer(int in, int out, int rows) implements Layer {
    DenseLayer(int in, int out) {
        this(in, out, 1);
    }

    @Override
    public List<Weights> weights() {
        return List.of(Weights.normal(in, out), Weights.bias(out));
    }

    @Override
    public Module ravine() {
        return new Linear(in, out);
    }

    @Override
    public Tensor pytorch(Tensor x, List<Tensor> weights) {
        return rows == 1
                ? torch.addmm(weights.get(1), x, weights.get(0))
                : torch.matmul(x, weights.get(0)).add(weights.get(1));
    }

    @Override
    public List<Consumption> consumptions(int examples) {
        return List.of(new Consumption(rows * examples, in, out, 1, true));
    }

    @Override
    public String toString() {
        return "dense:" + out;
    }
}
