package dev.ravine.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Nets that are not dense. */
final class Architectures {
    private static final int SEQUENCES = 100;
    private static final int STEPS = 100;
    private static final int STATE = 100;
    private static final int FEATURES = 10;

    private Architectures() {}

    /** Two convolutions of 5 x 5 with 32 and 64 channels, over images of 28 x 28. */
    static Net lenet() {
        return new Net(
                "lenet",
                64,
                List.of(28, 28, 1),
                List.of(
                        new ConvolutionLayer(5, 0, 1, 32, 24),
                        new ActivationLayer("tanh"),
                        new PoolingLayer(),
                        new ConvolutionLayer(5, 0, 32, 64, 8),
                        new ActivationLayer("tanh"),
                        new PoolingLayer(),
                        new FlatLayer(),
                        new DenseLayer(1024, 500),
                        new ActivationLayer("tanh"),
                        new DenseLayer(500, Net.CLASSES)),
                Net.Target.CLASS);
    }

    /** Six convolutions of 3 x 3 with 32, 64 and 128 channels, over images of 32 x 32 in colour. */
    static Net cifar() {
        List<Layer> layers = new ArrayList<>();
        int channels = 3;
        for (int block = 0; block < 3; block++) {
            int wider = 32 << block;
            for (int in : new int[] {channels, wider}) {
                layers.add(new ConvolutionLayer(3, 1, in, wider, 32 >> block));
                layers.add(new ActivationLayer("relu"));
            }
            channels = wider;
            layers.add(new PoolingLayer());
        }
        layers.add(new FlatLayer());
        layers.add(new DenseLayer(4 * 4 * channels, 256));
        layers.add(new ActivationLayer("relu"));
        layers.add(new DenseLayer(256, Net.CLASSES));
        return new Net("cifar", 64, List.of(32, 32, 3), layers, Net.Target.CLASS);
    }

    /** A recurrent layer of 100 units over 100 steps, whose last state is classified. */
    static Net recurrent(String kind) {
        return new Net(
                kind,
                SEQUENCES,
                List.of(STEPS, FEATURES),
                List.of(new RecurrentLayer(kind, FEATURES, STATE, STEPS), new DenseLayer(STATE, Net.CLASSES)),
                Net.Target.CLASS);
    }

    /** Two causal encoder layers of width 64 with four heads over 64 steps, each of which is classified. */
    static Net transformer() {
        return new Net(
                "transformer",
                32,
                List.of(64, 64),
                List.of(
                        new DenseLayer(64, 64, 64),
                        new TransformerLayer(64, 4, 256, 64),
                        new TransformerLayer(64, 4, 256, 64),
                        new DenseLayer(64, Net.CLASSES, 64)),
                Net.Target.CLASS_OF_STEP);
    }
}
