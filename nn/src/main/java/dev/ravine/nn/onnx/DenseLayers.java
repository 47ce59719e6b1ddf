package dev.ravine.nn.onnx;

import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Unflatten;
import java.util.Arrays;

/** Layers that see an example as rows of numbers. */
final class DenseLayers {
    private DenseLayers() {}

    /** The numbers of a layer's own parameter. */
    static Numbers parameter(Module layer, String name) {
        return Numbers.of(layer.namedParameters().get(name).array());
    }

    static boolean has(Module layer, String parameter) {
        return layer.namedParameters().containsKey(parameter);
    }

    /** Fails unless an example has the expected number of channels. */
    static void requireChannels(String layer, Value x, long channels) {
        if (x.sizes().length == 0 || x.channels() != channels) {
            throw new ShapeException(layer + ": needs examples whose last axis has " + channels + ", found examples of "
                    + Arrays.toString(x.sizes()));
        }
    }

    static Value linear(Linear layer, Value input, OnnxGraph graph) {
        Numbers weight = parameter(layer, "weight");
        requireChannels("linear", input, weight.sizes()[0]);
        Value x = input.last(graph);
        String w = graph.constant("weight", weight);
        String product = graph.node("MatMul", Attributes.none(), x.name(), w);
        String y = has(layer, "bias")
                ? graph.node("Add", Attributes.none(), product, graph.constant("bias", parameter(layer, "bias")))
                : product;
        long[] sizes = x.sizes().clone();
        sizes[sizes.length - 1] = weight.sizes()[1];
        return x.named(y).sized(sizes);
    }

    static Value flatten(Flatten layer, Value input, OnnxGraph graph) {
        Value x = input.last(graph);
        return reshaped(x, graph, count("flatten", x.sizes()));
    }

    static Value unflatten(Unflatten layer, Value input, OnnxGraph graph) {
        Value x = input.last(graph);
        long count = count("unflatten", x.sizes());
        long needed = Shape.of(layer.sizes()).count();
        if (count != needed) {
            throw new ShapeException("unflatten: " + Arrays.toString(layer.sizes()) + " are " + needed
                    + " numbers an example, found " + Arrays.toString(x.sizes()));
        }
        return reshaped(x, graph, layer.sizes());
    }

    private static long count(String layer, long... sizes) {
        requireFixed(layer, sizes);
        return Shape.of(sizes).count();
    }

    /** Fails if a size of an example is not fixed. */
    static void requireFixed(String layer, long... sizes) {
        if (Arrays.stream(sizes).anyMatch(size -> size == OnnxModel.ANY)) {
            throw new ShapeException(layer + ": needs examples of fixed sizes, found " + Arrays.toString(sizes)
                    + ", where " + OnnxModel.ANY + " means any; name the size for the export");
        }
    }

    /** With other axes for each example; a 0 of ONNX keeps the number of examples. */
    static Value reshaped(Value x, OnnxGraph graph, long... sizes) {
        long[] all = new long[sizes.length + 1];
        System.arraycopy(sizes, 0, all, 1, sizes.length);
        String shape = graph.integers("shape", all);
        return x.named(graph.node("Reshape", Attributes.none(), x.name(), shape))
                .sized(sizes);
    }

    static Value embedding(Embedding layer, Value x, OnnxGraph graph) {
        Numbers table = parameter(layer, "weight");
        int width = (int) table.sizes()[1];
        layer.padding().ifPresent(token -> {
            int from = Math.toIntExact(token) * width;
            Arrays.fill(table.values(), from, from + width, 0);
        });
        String rows = graph.node("Gather", Attributes.none(), graph.constant("weight", table), x.name());
        long[] sizes = Arrays.copyOf(x.sizes(), x.sizes().length + 1);
        sizes[sizes.length - 1] = width;
        return x.named(rows).sized(sizes);
    }
}
