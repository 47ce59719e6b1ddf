package dev.ravine.benchmarks;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** DL4J's training steps, for classifiers. */
final class Dl4jTraining implements Subject {
    private final Net net;
    private final Map<Quantity, MultiLayerNetwork> networks = new EnumMap<>(Quantity.class);
    private final INDArray features;
    private final INDArray labels;

    Dl4jTraining(Net net) {
        if (!net.isClassifier() || !net.isDense()) {
            throw new IllegalArgumentException("only dense classifiers are trained with DL4J here");
        }
        this.net = net;
        features = Nd4j.createFromArray(net.features()).reshape(net.batch(), net.width());
        labels = Nd4j.zeros(DataType.FLOAT, net.batch(), Net.CLASSES);
        long[] classes = net.labels();
        for (int i = 0; i < classes.length; i++) {
            labels.putScalar(i, classes[i], 1);
        }
        networks.put(Quantity.SGD_STEP, network(new Sgd(RavineTraining.LEARNING_RATE)));
        networks.put(Quantity.ADAM_STEP, network(new Adam(RavineTraining.LEARNING_RATE)));
    }

    private MultiLayerNetwork network(IUpdater updater) {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .updater(updater)
                .list();
        int last = net.dense().size() - 1;
        for (int l = 0; l < last; l++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(net.dense().get(l).in())
                    .nOut(net.dense().get(l).out())
                    .activation(Activation.TANH)
                    .build());
        }
        layers.layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nIn(net.dense().get(last).in())
                .nOut(net.dense().get(last).out())
                .activation(Activation.SOFTMAX)
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        float[] theta = net.parameters();
        int at = 0;
        for (int l = 0; l < net.dense().size(); l++) {
            int weights = net.dense().get(l).in() * net.dense().get(l).out();
            float[] weight = java.util.Arrays.copyOfRange(theta, at, at + weights);
            float[] bias = java.util.Arrays.copyOfRange(
                    theta, at + weights, at + weights + net.dense().get(l).out());
            network.setParam(
                    l + "_W",
                    Nd4j.createFromArray(weight)
                            .reshape(net.dense().get(l).in(), net.dense().get(l).out()));
            network.setParam(
                    l + "_b",
                    Nd4j.createFromArray(bias).reshape(1, net.dense().get(l).out()));
            at += weights + net.dense().get(l).out();
        }
        return network;
    }

    @Override
    public Set<Quantity> quantities() {
        return EnumSet.of(Quantity.SGD_STEP, Quantity.ADAM_STEP);
    }

    @Override
    public void run(Quantity quantity) {
        networks.get(quantity).fit(features, labels);
    }

    @Override
    public float[] result(Quantity quantity) {
        float[] theta = new float[net.size()];
        int at = 0;
        for (int l = 0; l < net.dense().size(); l++) {
            for (String name : new String[] {"_W", "_b"}) {
                float[] part = networks.get(quantity)
                        .getParam(l + name)
                        .dup('c')
                        .data()
                        .asFloat();
                System.arraycopy(part, 0, theta, at, part.length);
                at += part.length;
            }
        }
        return theta;
    }

    @Override
    public void close() {}
}
