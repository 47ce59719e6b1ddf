package dev.ravine.benchmarks;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.TransformerEncoderLayer;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A causal encoder layer that normalises first, with gelu units.
 *
 * @param width of a step
 * @param heads of the attention
 * @param hidden units between
 * @param steps of each sequence
 */
record TransformerLayer(int width, int heads, int hidden, int steps) implements Layer {
    private static final double EPSILON = 1e-5;
    private static final double MASKED = -1e9;

    @Override
    public List<Weights> weights() {
        return List.of(
                Weights.normal(width, 3 * width),
                Weights.bias(3 * width),
                Weights.normal(width, width),
                Weights.bias(width),
                Weights.normal(width, hidden),
                Weights.bias(hidden),
                Weights.normal(hidden, width),
                Weights.bias(width),
                Weights.gain(width),
                Weights.bias(width),
                Weights.gain(width),
                Weights.bias(width));
    }

    @Override
    public Module ravine() {
        return TransformerEncoderLayer.builder(width, heads, hidden)
                .preNorm()
                .causal()
                .epsilon(EPSILON)
                .activation(dev.ravine.autodiff.Tensor::gelu)
                .build();
    }

    @Override
    public Tensor pytorch(Tensor x, List<Tensor> w) {
        Tensor h = x.add(attention(norm(x, w.get(8), w.get(9)), w));
        Tensor between = torch.gelu(linear(norm(h, w.get(10), w.get(11)), w.get(4), w.get(5)));
        return h.add(linear(between, w.get(6), w.get(7)));
    }

    private Tensor attention(Tensor x, List<Tensor> w) {
        TensorVector parts = linear(x, w.get(0), w.get(1)).chunk(3, -1);
        Tensor q = split(parts.get(0));
        Tensor k = split(parts.get(1));
        Tensor v = split(parts.get(2));
        Tensor scores = torch.matmul(q, k.transpose(2, 3)).mul(new Scalar(1 / Math.sqrt((double) width / heads)));
        Tensor later = torch.ones(steps, steps).triu(1).to(torch.ScalarType.Bool);
        Tensor mixed = torch.matmul(torch.softmax(scores.masked_fill(later, new Scalar(MASKED)), -1), v);
        return linear(mixed.transpose(1, 2).reshape(x.size(0), steps, width), w.get(2), w.get(3));
    }

    private Tensor split(Tensor x) {
        return x.reshape(x.size(0), steps, heads, width / heads).transpose(1, 2);
    }

    private Tensor norm(Tensor x, Tensor gain, Tensor bias) {
        return torch.layer_norm(
                x, new long[] {width}, new TensorOptional(gain), new TensorOptional(bias), EPSILON, false);
    }

    private static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return torch.matmul(x, weight).add(bias);
    }

    @Override
    public List<Consumption> consumptions(int examples) {
        int rows = examples * steps;
        return List.of(
                new Consumption(rows, width, 3 * width, 1, false),
                new Consumption(steps, width / heads, steps, examples * heads, false),
                new Consumption(steps, steps, width / heads, examples * heads, false),
                new Consumption(rows, width, width, 1, false),
                new Consumption(rows, width, hidden, 1, false),
                new Consumption(rows, hidden, width, 1, false));
    }

    @Override
    public String toString() {
        return "transformer:" + heads + "," + hidden;
    }
}
