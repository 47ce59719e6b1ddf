package dev.ravine.benchmarks;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A net in PyTorch's C++ API: parameters, data, and the loss as its users write it. */
final class PyTorchNet {
    private static final long SUM = 2;

    final TensorVector parameters;
    private final Net net;
    private final Tensor features;
    private final Tensor labels;
    private final TensorOptional none = new TensorOptional();

    PyTorchNet(Net net) {
        this.net = net;
        features = Tensor.create(net.features(), net.batch(), net.in(0));
        labels = Tensor.create(net.labels(), net.batch());
        parameters = split(net.parameters());
        for (long i = 0; i < parameters.size(); i++) {
            parameters.get(i).set_requires_grad(true);
        }
    }

    /** A flat vector as one tensor a parameter. */
    TensorVector split(float[] flat) {
        TensorVector parts = new TensorVector();
        int at = 0;
        for (int l = 0; l < net.layers(); l++) {
            parts.push_back(Tensor.create(copy(flat, at, net.in(l) * net.out(l)), net.in(l), net.out(l)));
            at += net.in(l) * net.out(l);
            parts.push_back(Tensor.create(copy(flat, at, net.out(l)), net.out(l)));
            at += net.out(l);
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
        for (int l = 0; l < net.layers(); l++) {
            x = torch.addmm(parameters.get(2L * l + 1), x, parameters.get(2L * l));
            if (l < net.layers() - 1) {
                x = switch (net.activation()) {
                    case "tanh" -> torch.tanh(x);
                    case "relu" -> torch.relu(x);
                    default -> torch.sigmoid(x);
                };
            }
        }
        return x;
    }

    /** Mean over the batch of the sum over outputs. */
    Tensor loss(Tensor outputs) {
        return net.isClassifier()
                ? torch.cross_entropy_loss(outputs, labels)
                : torch.binary_cross_entropy_with_logits(outputs, features, none, none, SUM)
                        .mul(new Scalar(1.0 / net.batch()));
    }

    /** The product of the loss's Hessian with respect to the outputs with a tangent of them, in closed form. */
    Tensor outputHessian(Tensor outputs, Tensor tangent) {
        Scalar scale = new Scalar(1.0 / net.batch());
        if (net.isClassifier()) {
            Tensor p = torch.softmax(outputs, 1);
            Tensor weighted = p.mul(tangent);
            Tensor mean = weighted.sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional());
            return weighted.sub(p.mul(mean)).mul(scale);
        }
        Tensor p = torch.sigmoid(outputs);
        return p.mul(p.neg().add(new Scalar(1.0))).mul(tangent).mul(scale);
    }

    static TensorVector grad(TensorVector of, TensorVector by, TensorVector with, boolean keep, boolean create) {
        return torch.grad(of, by, with, new BoolOptional(keep), create, false);
    }
}
