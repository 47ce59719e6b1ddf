package dev.ravine.nn.onnx;

import dev.ravine.core.ShapeException;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.io.AtomicFile;
import dev.ravine.core.io.ProtoMessage;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Embedding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A net as an ONNX model, which computes what the net computes in evaluation, in single precision.
 *
 * <pre>{@code
 * OnnxModel.of(net, 28, 28, 1).save(Path.of("digits.onnx"));
 * }</pre>
 *
 * <p>The model has one input, {@code input}, and one output, {@code output}, both in Ravine's layout: examples first,
 * channels last. Inside, convolutions have their channels first; the model transposes as needed. The number of examples
 * is free. Parameters are copied as they are now, in single precision.
 *
 * <p>Written are {@code Sequential}, {@code Residual}, {@code Linear}, {@code Activation} of a known function,
 * {@code Flatten}, {@code Unflatten}, {@code Dropout} (which does nothing), {@code Embedding}, {@code Conv1d},
 * {@code Conv2d}, {@code MaxPool2d}, {@code AvgPool2d}, {@code AdaptiveAvgPool2d}, {@code BatchNorm} with its buffers,
 * {@code LayerNorm}, {@code GroupNorm}, {@code InstanceNorm}, {@code Rnn}, {@code Lstm} and {@code Gru}. Another layer
 * is an error that names its path. The input of a net that begins with an {@code Embedding} holds INT64 tokens,
 * otherwise FLOAT numbers. Where Ravine refuses a negative token, ONNX counts it from the end.
 *
 * <p>The file has version 9 of the format and operator set 20 (ONNX 1.15). Source: {@code onnx.proto} and the
 * operators' descriptions, <a href="https://onnx.ai/onnx/">onnx.ai</a>.
 */
public final class OnnxModel {
    /** In place of the size of an axis: any size. */
    public static final long ANY = -1;

    private static final int IR_VERSION = 9;
    private static final int OPERATOR_SET = 20;
    private static final int MODEL_IR_VERSION = 1;
    private static final int MODEL_PRODUCER = 2;
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPERATOR_SET = 8;
    private static final int MODEL_METADATA = 14;

    private final byte[] bytes;

    private OnnxModel(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * {@return the model of a net}
     *
     * @param net initialized
     * @param example sizes of the axes of one example, such as 28, 28, 1 or the length of a sequence and its width;
     *     {@link #ANY} for a length that may differ between calls
     * @throws IllegalArgumentException if the net has a layer that cannot be written, naming its path
     * @throws ShapeException if the example does not fit the net, naming the layer
     */
    public static OnnxModel of(Module net, long... example) {
        return builder(net, example).build();
    }

    /**
     * {@return a builder of the model of a net with more around it}
     *
     * @param net initialized
     * @param example as in {@link #of}
     */
    public static Builder builder(Module net, long... example) {
        return new Builder(net, example);
    }

    /** {@return the content of the file} */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /**
     * Writes the file, completely or not at all.
     *
     * @param file replaced if there is one; its name usually ends with {@code .onnx}
     * @throws IOException if that fails
     */
    public void save(Path file) throws IOException {
        AtomicFile.write(file, out -> out.write(bytes));
    }

    /** What stands before and behind the net. */
    public static final class Builder {
        private final Module net;
        private final long[] example;
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private Standardize features;
        private Standardize targets;
        private boolean isProbability;

        private Builder(Module net, long... example) {
            this.net = net;
            this.example = example.clone();
            for (long size : example) {
                if (size < 1 && size != ANY) {
                    throw new IllegalArgumentException("a size of an example must be at least 1, or " + ANY
                            + " for any, found " + Arrays.toString(example));
                }
            }
        }

        /**
         * Takes features in the units of the data.
         *
         * @param scales of the columns; an example is one row
         * @return this
         */
        public Builder standardizeFeatures(Standardize scales) {
            features = scales;
            return this;
        }

        /**
         * Gives outputs in the units of the data.
         *
         * @param scales of the outputs
         * @return this
         */
        public Builder standardizeTargets(Standardize scales) {
            targets = scales;
            return this;
        }

        /**
         * Gives probabilities of classes instead of the outputs: their softmax, or the logistic function of a single
         * output.
         *
         * @return this
         */
        public Builder probabilities() {
            isProbability = true;
            return this;
        }

        /**
         * Adds a text to the file, which other programs show.
         *
         * @param key given once
         * @param value its text
         * @return this
         */
        public Builder metadata(String key, String value) {
            metadata.put(key, value);
            return this;
        }

        /**
         * {@return the model}
         *
         * @throws IllegalArgumentException if the net has a layer that cannot be written, naming its path
         * @throws ShapeException if the example or the scales do not fit, naming the layer
         */
        public OnnxModel build() {
            OnnxGraph graph = new OnnxGraph(net.getClass().getSimpleName());
            int element =
                    Translation.first(net) instanceof Embedding ? OnnxGraph.ELEMENT_INT64 : OnnxGraph.ELEMENT_FLOAT;
            graph.input("input", element, example);
            Value x = new Value("input", false, example);
            if (features != null) {
                x = scaled("features", features, x, graph);
            }
            Value y = new Translation(graph)
                    .of(net, x, net.getClass().getSimpleName())
                    .last(graph);
            if (targets != null) {
                y = unscaled(targets, y, graph);
            }
            if (isProbability) {
                y = y.named(probability(y, graph));
            }
            graph.rename(y.name(), "output");
            boolean isToken = y.name().equals("input") && element == OnnxGraph.ELEMENT_INT64;
            graph.output("output", isToken ? element : OnnxGraph.ELEMENT_FLOAT, y.sizes());
            return new OnnxModel(model(graph).toBytes());
        }

        private static String probability(Value y, OnnxGraph graph) {
            if (y.sizes().length != 1) {
                throw new ShapeException(
                        "probabilities need one row of outputs for each example, found outputs of sizes "
                                + Arrays.toString(y.sizes()));
            }
            return y.channels() == 1
                    ? graph.node("Sigmoid", Attributes.none(), y.name())
                    : graph.node("Softmax", Attributes.none().integer("axis", -1), y.name());
        }

        private static Value scaled(String what, Standardize scales, Value x, OnnxGraph graph) {
            requireWidth(what, scales, x);
            String centred = graph.node("Sub", Attributes.none(), x.name(), means(scales, graph));
            return x.named(graph.node("Div", Attributes.none(), centred, deviations(scales, graph)));
        }

        private static Value unscaled(Standardize scales, Value y, OnnxGraph graph) {
            requireWidth("outputs", scales, y);
            String wide = graph.node("Mul", Attributes.none(), y.name(), deviations(scales, graph));
            return y.named(graph.node("Add", Attributes.none(), wide, means(scales, graph)));
        }

        private static void requireWidth(String what, Standardize scales, Value x) {
            if (x.sizes().length != 1 || x.channels() != scales.width()) {
                throw new ShapeException("the scales are of " + scales.width() + " columns, but the " + what
                        + " of an example have sizes " + Arrays.toString(x.sizes()));
            }
        }

        private static String means(Standardize scales, OnnxGraph graph) {
            double[] means = new double[scales.width()];
            Arrays.setAll(means, scales::mean);
            return graph.constant("mean", Numbers.row(means));
        }

        private static String deviations(Standardize scales, OnnxGraph graph) {
            double[] deviations = new double[scales.width()];
            Arrays.setAll(deviations, scales::deviation);
            return graph.constant("deviation", Numbers.row(deviations));
        }

        private ProtoMessage model(OnnxGraph graph) {
            ProtoMessage model = new ProtoMessage()
                    .integer(MODEL_IR_VERSION, IR_VERSION)
                    .text(MODEL_PRODUCER, "Ravine")
                    .message(MODEL_GRAPH, graph.message())
                    .message(MODEL_OPERATOR_SET, new ProtoMessage().text(1, "").integer(2, OPERATOR_SET));
            metadata.forEach((key, value) -> model.message(
                    MODEL_METADATA, new ProtoMessage().text(1, key).text(2, value)));
            return model;
        }
    }
}
