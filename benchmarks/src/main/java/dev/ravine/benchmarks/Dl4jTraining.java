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
        if (!net.isClassifier()) {
            throw new IllegalArgumentException("only classifiers are trained with DL4J here");
        }
        this.net = net;
        features = Nd4j.createFromArray(net.features()).reshape(net.batch(), net.in(0));
        labels = Nd4j.zeros(DataType.FLOAT, net.batch(), net.outputs());
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
        int last = net.layers() - 1;
        for (int l = 0; l < last; l++) {
            layers.layer(new DenseLayer.Builder()
                    .nIn(net.in(l))
                    .nOut(net.out(l))
                    .activation(Activation.TANH)
                    .build());
        }
        layers.layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nIn(net.in(last))
                .nOut(net.out(last))
                .activation(Activation.SOFTMAX)
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        float[] theta = net.parameters();
        int at = 0;
        for (int l = 0; l < net.layers(); l++) {
            int weights = net.in(l) * net.out(l);
            float[] weight = java.util.Arrays.copyOfRange(theta, at, at + weights);
            float[] bias = java.util.Arrays.copyOfRange(theta, at + weights, at + weights + net.out(l));
            network.setParam(l + "_W", Nd4j.createFromArray(weight).reshape(net.in(l), net.out(l)));
            network.setParam(l + "_b", Nd4j.createFromArray(bias).reshape(1, net.out(l)));
            at += weights + net.out(l);
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
        for (int l = 0; l < net.layers(); l++) {
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
