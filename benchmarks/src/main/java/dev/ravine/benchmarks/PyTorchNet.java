package dev.ravine.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A net in PyTorch's C++ API: parameters, data, and the loss as its users write it. */
final class PyTorchNet {
    /** Set in the environment, images have channels first in memory. */
    static final String CHANNELS_FIRST = "CHANNELS_FIRST";

    private static final long SUM = 2;

    final TensorVector parameters;
    private final Net net;
    private final Tensor features;
    private final Tensor labels;
    private final TensorOptional none = new TensorOptional();

    PyTorchNet(Net net) {
        this.net = net;
        features = features(net);
        labels = net.target() == Net.Target.CLASS_OF_STEP
                ? Tensor.create(net.labels(), net.batch(), net.input().get(0))
                : Tensor.create(net.labels(), net.batch());
        parameters = split(net.parameters());
        for (long i = 0; i < parameters.size(); i++) {
            parameters.get(i).set_requires_grad(true);
        }
    }

    /**
     * Images are [examples, channels, height, width], with channels last in memory unless the environment says first.
     */
    private static Tensor features(Net net) {
        long[] shape = LongStream.concat(
                        LongStream.of(net.batch()), net.input().stream().mapToLong(i -> i))
                .toArray();
        Tensor given = Tensor.create(net.features(), shape);
        if (!net.hasImages()) {
            return given;
        }
        Tensor images = given.permute(0, 3, 1, 2);
        return System.getenv(CHANNELS_FIRST) == null ? images : images.contiguous();
    }

    /** A flat vector as one tensor a parameter. */
    TensorVector split(float[] flat) {
        TensorVector parts = new TensorVector();
        int at = 0;
        for (Weights weights : net.weights()) {
            parts.push_back(Tensor.create(
                    copy(flat, at, weights.count()),
                    weights.shape().stream().mapToLong(i -> i).toArray()));
            at += weights.count();
        }
        return parts;
    }

    private static float[] copy(float[] flat, int from, int count) {
        return java.util.Arrays.copyOfRange(flat, from, from + count);
    }

    /** One tensor a parameter as a flat vector. */
    float[] join(TensorVector parts) {
        float[] flat = new float[net.size()];
        int at = 0;
        for (long i = 0; i < parts.size(); i++) {
            Tensor part = parts.get(i).detach().contiguous();
            int count = (int) part.numel();
            new FloatPointer(part.data_ptr_float()).get(flat, at, count);
            at += count;
        }
        return flat;
    }

    /** The linear input of the output layer's nonlinearity. */
    Tensor outputs() {
        Tensor x = features;
        int at = 0;
        for (Layer layer : net.layers()) {
            List<Tensor> weights = new ArrayList<>();
            for (int end = at + layer.weights().size(); at < end; at++) {
                weights.add(parameters.get(at));
            }
            x = layer.pytorch(x, weights);
        }
        return x;
    }

    /** Mean over the batch of the sum over outputs. */
    Tensor loss(Tensor outputs) {
        return switch (net.target()) {
            case CLASS -> torch.cross_entropy_loss(outputs, labels);
            case CLASS_OF_STEP -> torch.cross_entropy_loss(outputs.reshape(-1, Net.CLASSES), labels.reshape(-1));
            case INPUTS ->
                torch.binary_cross_entropy_with_logits(outputs, features, none, none, SUM)
                        .mul(new Scalar(1.0 / net.batch()));
        };
    }

    /** The product of the loss's Hessian with respect to the outputs with a tangent of them, in closed form. */
    Tensor outputHessian(Tensor outputs, Tensor tangent) {
        Scalar scale = new Scalar(1.0 / net.labels().length);
        if (net.target() != Net.Target.INPUTS) {
            Tensor p = torch.softmax(outputs, -1);
            Tensor weighted = p.mul(tangent);
            Tensor mean = weighted.sum(new long[] {-1}, true, new org.bytedeco.pytorch.ScalarTypeOptional());
            return weighted.sub(p.mul(mean)).mul(scale);
        }
        Tensor p = torch.sigmoid(outputs);
        return p.mul(p.neg().add(new Scalar(1.0))).mul(tangent).mul(scale);
    }

    static TensorVector grad(TensorVector of, TensorVector by, TensorVector with, boolean keep, boolean create) {
        return torch.grad(of, by, with, new BoolOptional(keep), create, false);
    }
}
