package dev.ravine.benchmarks;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's own autodiff, which has gradients only. */
final class SameDiffSubject implements Subject {
    private final SameDiff graph = SameDiff.create();
    private final List<String> parameters = new ArrayList<>();
    private final Map<String, INDArray> data;
    private final int size;
    private Map<String, INDArray> gradients;

    SameDiffSubject(Net net) {
        size = net.size();
        SDVariable features = graph.placeHolder("features", DataType.FLOAT, net.batch(), net.width());
        SDVariable targets = graph.placeHolder(
                "targets",
                DataType.FLOAT,
                net.batch(),
                net.dense().get(net.dense().size() - 1).out());
        SDVariable x = outputs(net, features);
        SDVariable loss;
        INDArray given = Nd4j.createFromArray(net.features()).reshape(net.batch(), net.width());
        if (net.isClassifier()) {
            loss = graph.nn().logSoftmax(x).mul(targets).sum().mul(-1.0 / net.batch());
        } else {
            // softplus(x) - targets x, which is the logistic cross-entropy.
            loss = graph.nn().softplus(x).sub(targets.mul(x)).sum().mul(1.0 / net.batch());
        }
        loss.markAsLoss();
        data = Map.of("features", given, "targets", net.isClassifier() ? oneHot(net) : given);
    }

    private SDVariable outputs(Net net, SDVariable features) {
        float[] theta = net.parameters();
        SDVariable x = features;
        int at = 0;
        for (int l = 0; l < net.dense().size(); l++) {
            SDVariable weight = variable(
                    "weight" + l,
                    theta,
                    at,
                    net.dense().get(l).in(),
                    net.dense().get(l).out());
            at += net.dense().get(l).in() * net.dense().get(l).out();
            SDVariable bias = variable("bias" + l, theta, at, net.dense().get(l).out());
            at += net.dense().get(l).out();
            x = x.mmul(weight).add(bias);
            if (l < net.dense().size() - 1) {
                x = switch (net.activation()) {
                    case "tanh" -> graph.math().tanh(x);
                    case "relu" -> graph.nn().relu(x, 0);
                    default -> graph.nn().sigmoid(x);
                };
            }
        }
        return x;
    }

    private static INDArray oneHot(Net net) {
        INDArray wanted = Nd4j.zeros(
                DataType.FLOAT,
                net.batch(),
                net.dense().get(net.dense().size() - 1).out());
        long[] labels = net.labels();
        for (int i = 0; i < labels.length; i++) {
            wanted.putScalar(i, labels[i], 1);
        }
        return wanted;
    }

    private SDVariable variable(String name, float[] theta, int from, int... shape) {
        int count = 1;
        long[] dims = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            count *= shape[i];
            dims[i] = shape[i];
        }
        parameters.add(name);
        float[] values = java.util.Arrays.copyOfRange(theta, from, from + count);
        return graph.var(name, Nd4j.createFromArray(values).reshape(dims));
    }

    @Override
    public Set<Quantity> quantities() {
        return EnumSet.of(Quantity.GRADIENT);
    }

    @Override
    public void run(Quantity quantity) {
        gradients = graph.calculateGradients(data, parameters);
    }

    @Override
    public float[] result(Quantity quantity) {
        float[] flat = new float[size];
        int at = 0;
        for (String name : parameters) {
            float[] part = gradients.get(name).dup('c').data().asFloat();
            System.arraycopy(part, 0, flat, at, part.length);
            at += part.length;
        }
        return flat;
    }

    @Override
    public void close() {}
}
