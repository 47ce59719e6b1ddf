package dev.ravine.benchmarks;

import dev.ravine.core.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A net to measure: its layers, and numbers that depend on nothing but its name, so that every subject in every process
 * computes the same. Losses are means over the batch.
 *
 * @param name by which it is asked for
 * @param batch examples
 * @param input sizes of an example; an image is [height, width, channels], a sequence [steps, width]
 * @param layers in order
 * @param target what the outputs are compared with
 */
record Net(String name, int batch, List<Integer> input, List<Layer> layers, Target target) {
    /** The classes of all labels. */
    static final int CLASSES = 10;

    private static final List<Integer> AUTOENCODER = List.of(784, 1000, 500, 250, 30, 250, 500, 1000, 784);

    static final List<Net> ALL = List.of(
            dense("small", "tanh", 64, List.of(784, 128, 10)),
            dense("wide", "tanh", 1000, List.of(784, 500, 10)),
            dense("deep", "tanh", 1000, AUTOENCODER),
            dense("tall", "tanh", 10_000, List.of(784, 300, 100, 10)),
            dense("deep-relu", "relu", 1000, AUTOENCODER),
            dense("deep-logistic", "logistic", 1000, AUTOENCODER),
            dense("ae", "logistic", 200, List.of(784, 250, 100, 30, 100, 250, 784)),
            Architectures.lenet(),
            Architectures.cifar(),
            Architectures.recurrent("rnn"),
            Architectures.recurrent("lstm"),
            Architectures.transformer());

    /** What the outputs are compared with. */
    enum Target {
        /** A class of each example, by softmax cross-entropy. */
        CLASS,
        /** A class of each step, by softmax cross-entropy, as a mean over steps. */
        CLASS_OF_STEP,
        /** The inputs, by logistic cross-entropy, as a sum over outputs. */
        INPUTS
    }

    /** Dense layers with a nonlinearity between them. A last layer of ten units has classes as its target. */
    static Net dense(String name, String activation, int batch, List<Integer> widths) {
        List<Layer> layers = new ArrayList<>();
        for (int l = 1; l < widths.size(); l++) {
            layers.add(new DenseLayer(widths.get(l - 1), widths.get(l)));
            if (l < widths.size() - 1) {
                layers.add(new ActivationLayer(activation));
            }
        }
        boolean isClassifier = widths.get(widths.size() - 1) == CLASSES;
        return new Net(name, batch, widths.subList(0, 1), layers, isClassifier ? Target.CLASS : Target.INPUTS);
    }

    /** A net by its name, with another batch after {@code @}, as in {@code ae@500}. */
    static Net named(String text) {
        String name = text.split("@", -1)[0];
        Net net = ALL.stream()
                .filter(n -> n.name.equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("no net '" + name + "'; there are " + String.join(", ", names())));
        return text.equals(name) ? net : net.withBatch(Integer.parseInt(text.substring(name.length() + 1)));
    }

    static List<String> names() {
        return ALL.stream().map(Net::name).toList();
    }

    Net withBatch(int newBatch) {
        return new Net(name, newBatch, input, layers, target);
    }

    boolean isClassifier() {
        return target == Target.CLASS;
    }

    boolean hasImages() {
        return input.size() == 3;
    }

    /** Whether there is nothing but dense layers and nonlinearities. */
    boolean isDense() {
        return layers.stream().allMatch(l -> l instanceof DenseLayer || l instanceof ActivationLayer);
    }

    /** The dense layers. */
    List<DenseLayer> dense() {
        return layers.stream()
                .filter(DenseLayer.class::isInstance)
                .map(DenseLayer.class::cast)
                .toList();
    }

    /** The nonlinearity of a dense net. */
    String activation() {
        return layers.get(1).toString();
    }

    /** All parameters in Ravine's order: of each dense layer the weights [in, out] row by row, then the biases. */
    List<Weights> weights() {
        return layers.stream().flatMap(l -> l.weights().stream()).toList();
    }

    /** The number of all parameters. */
    int size() {
        return weights().stream().mapToInt(Weights::count).sum();
    }

    /** The numbers of an example. */
    int width() {
        return input.stream().reduce(1, (a, b) -> a * b);
    }

    /** LeCun-normal weights, small biases. */
    float[] parameters() {
        Rng rng = rng("parameters");
        float[] theta = new float[size()];
        int at = 0;
        for (Weights weights : weights()) {
            for (int end = at + weights.count(); at < end; at++) {
                theta[at] = (float) (weights.mean() + rng.nextGaussian() * weights.deviation());
            }
        }
        return theta;
    }

    /** A vector to multiply. */
    float[] direction() {
        Rng rng = rng("direction");
        float[] v = new float[size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) rng.nextGaussian();
        }
        return v;
    }

    /** [batch, inputs], like images: a fifth is not zero. */
    float[] features() {
        Rng rng = rng("features");
        float[] x = new float[batch * width()];
        for (int i = 0; i < x.length; i++) {
            x[i] = rng.nextInt(5) == 0 ? rng.nextFloat() : 0;
        }
        return x;
    }

    /** One class an example, or one a step. */
    long[] labels() {
        Rng rng = rng("labels");
        long[] labels = new long[target == Target.CLASS_OF_STEP ? batch * input.get(0) : batch];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = rng.nextInt(CLASSES);
        }
        return labels;
    }

    private Rng rng(String purpose) {
        return new Rng(1).split(layers + "-" + purpose);
    }

    /** The matrix products that a quantity needs and nothing else. */
    List<Product> products(Quantity quantity) {
        List<Product> products = new ArrayList<>();
        boolean isFirst = true;
        for (Layer layer : layers) {
            for (Consumption consumption : layer.consumptions(batch)) {
                products.addAll(consumption.products(quantity, isFirst));
            }
            isFirst &= layer.weights().isEmpty();
        }
        return products;
    }

    @Override
    public String toString() {
        String words = isDense()
                ? input.get(0) + dense().stream().map(l -> "-" + l.out()).collect(Collectors.joining()) + " "
                        + activation()
                : layers.stream().map(Layer::toString).filter(w -> !w.isEmpty()).collect(Collectors.joining(" "));
        return name + " (" + words + ", batch " + batch + ")";
    }
}
