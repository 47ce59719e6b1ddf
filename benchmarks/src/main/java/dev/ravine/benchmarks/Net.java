package dev.ravine.benchmarks;

import dev.ravine.core.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A net to measure: its sizes, and numbers that depend on nothing but its name, so that every subject in every process
 * computes the same. A last layer of ten units has softmax cross-entropy, any other logistic cross-entropy with the
 * inputs as targets; losses are means over the batch of sums over outputs.
 */
record Net(String name, String activation, int batch, List<Integer> widths) {
    private static final List<Integer> AUTOENCODER = List.of(784, 1000, 500, 250, 30, 250, 500, 1000, 784);

    static final List<Net> ALL = List.of(
            new Net("small", "tanh", 64, List.of(784, 128, 10)),
            new Net("wide", "tanh", 1000, List.of(784, 500, 10)),
            new Net("deep", "tanh", 1000, AUTOENCODER),
            new Net("tall", "tanh", 10_000, List.of(784, 300, 100, 10)),
            new Net("deep-relu", "relu", 1000, AUTOENCODER),
            new Net("deep-logistic", "logistic", 1000, AUTOENCODER),
            new Net("ae", "logistic", 200, List.of(784, 250, 100, 30, 100, 250, 784)));

    /** A net by its name, with another batch after {@code @}, as in {@code ae@500}. */
    static Net named(String text) {
        String name = text.split("@", -1)[0];
        Net net = ALL.stream()
                .filter(n -> n.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no net '" + name + "'; there are "
                        + ALL.stream().map(Net::name).collect(Collectors.joining(", "))));
        return text.equals(name) ? net : net.withBatch(Integer.parseInt(text.substring(name.length() + 1)));
    }

    Net withBatch(int newBatch) {
        return new Net(name, activation, newBatch, widths);
    }

    int layers() {
        return widths.size() - 1;
    }

    int in(int layer) {
        return widths.get(layer);
    }

    int out(int layer) {
        return widths.get(layer + 1);
    }

    int outputs() {
        return out(layers() - 1);
    }

    boolean isClassifier() {
        return outputs() == 10;
    }

    /** All parameters: of each layer the weights [in, out] row by row, then the biases. */
    int size() {
        int size = 0;
        for (int l = 0; l < layers(); l++) {
            size += (in(l) + 1) * out(l);
        }
        return size;
    }

    /** LeCun-normal weights, small biases. */
    float[] parameters() {
        Rng rng = rng("parameters");
        float[] theta = new float[size()];
        int at = 0;
        for (int l = 0; l < layers(); l++) {
            double scale = 1 / Math.sqrt(in(l));
            for (int end = at + in(l) * out(l); at < end; at++) {
                theta[at] = (float) (rng.nextGaussian() * scale);
            }
            for (int end = at + out(l); at < end; at++) {
                theta[at] = (float) (rng.nextGaussian() * 0.1);
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
        float[] x = new float[batch * in(0)];
        for (int i = 0; i < x.length; i++) {
            x[i] = rng.nextInt(5) == 0 ? rng.nextFloat() : 0;
        }
        return x;
    }

    /** One class an example. */
    long[] labels() {
        Rng rng = rng("labels");
        long[] labels = new long[batch];
        for (int i = 0; i < batch; i++) {
            labels[i] = rng.nextInt(outputs());
        }
        return labels;
    }

    private Rng rng(String purpose) {
        return new Rng(1).split(String.join("-", widths.toString(), purpose));
    }

    /** The matrix products that a quantity needs and nothing else. */
    List<Product> products(Quantity quantity) {
        List<Product> products = new ArrayList<>();
        for (int l = 0; l < layers(); l++) {
            Product forward = new Product(Kind.FORWARD, batch, in(l), out(l));
            Product weights = new Product(Kind.WEIGHTS, batch, in(l), out(l));
            Product back = new Product(Kind.BACK, batch, in(l), out(l));
            boolean isFirst = l == 0;
            switch (quantity) {
                case FORWARD -> products.add(forward);
                case GRADIENT -> addAll(products, isFirst, List.of(forward, weights), List.of(back));
                case HVP -> addAll(products, isFirst, List.of(forward, weights), List.of(forward, weights, back, back));
                case GAUSS_NEWTON -> addAll(products, isFirst, List.of(forward, weights), List.of(forward, back));
                default -> throw new IllegalArgumentException(quantity + " has no floor of its own");
            }
        }
        return products;
    }

    /** The first layer's inputs have no derivative. */
    private static void addAll(List<Product> to, boolean isFirst, List<Product> always, List<Product> laterLayers) {
        to.addAll(always);
        if (!isFirst) {
            to.addAll(laterLayers);
        }
    }

    /** Which matrices of a layer are multiplied. */
    enum Kind {
        /** Rows times weights. */
        FORWARD,
        /** Inputs transposed times cotangents. */
        WEIGHTS,
        /** Cotangents times weights transposed. */
        BACK
    }

    /** One product of a layer from {@code in} to {@code out} units over some rows. */
    record Product(Kind kind, int rows, int in, int out) {}

    @Override
    public String toString() {
        return name + " ("
                + Arrays.toString(widths.toArray()).replaceAll("[\\[\\] ]", "").replace(',', '-') + " " + activation
                + ", batch " + batch + ")";
    }
}
