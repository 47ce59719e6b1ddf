package dev.ravine.nn.onnx;

import dev.ravine.core.ShapeException;
import dev.ravine.core.Window;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.AdaptiveAvgPool2d;
import dev.ravine.nn.layers.AvgPool2d;
import dev.ravine.nn.layers.Conv1d;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.MaxPool2d;
import java.util.Arrays;
import java.util.List;

/** Convolutions and poolings. ONNX has their channels right behind the examples. */
final class ImageLayers {
    private ImageLayers() {}

    static Value conv2d(Conv2d layer, Value x, OnnxGraph graph) {
        Numbers weight = DenseLayers.parameter(layer, "weight").permuted(3, 2, 0, 1);
        List<Window.Axis> window =
                List.of(layer.window().height(), layer.window().width());
        return convolution("conv2d", layer, layer.isSame(), layer.groups(), weight, window, x, graph);
    }

    static Value conv1d(Conv1d layer, Value x, OnnxGraph graph) {
        Numbers weight = DenseLayers.parameter(layer, "weight").permuted(2, 1, 0);
        List<Window.Axis> window = List.of(layer.window());
        return convolution("conv1d", layer, layer.isSame(), layer.groups(), weight, window, x, graph);
    }

    private static Value convolution(
            String kind,
            Module layer,
            boolean isSame,
            long groups,
            Numbers weight,
            List<Window.Axis> window,
            Value input,
            OnnxGraph graph) {
        requireAxes(kind, input, window.size());
        DenseLayers.requireChannels(kind, input, weight.sizes()[1] * groups);
        Value x = input.first(graph);
        List<Window.Axis> actual = isSame ? same(kind, window, x) : window;
        String w = graph.constant("weight", weight);
        Attributes settings = settings(actual).integer("group", groups);
        String y = DenseLayers.has(layer, "bias")
                ? graph.node(
                        "Conv", settings, x.name(), w, graph.constant("bias", DenseLayers.parameter(layer, "bias")))
                : graph.node("Conv", settings, x.name(), w);
        return x.named(y).sized(outputs(actual, x, weight.sizes()[0]));
    }

    static Value maxPool(MaxPool2d layer, Value x, OnnxGraph graph) {
        return pool("maxPool2d", "MaxPool", layer.window(), Attributes.none(), x, graph);
    }

    static Value avgPool(AvgPool2d layer, Value x, OnnxGraph graph) {
        Attributes counts = Attributes.none().integer("count_include_pad", layer.countsPadding() ? 1 : 0);
        return pool("avgPool2d", "AveragePool", layer.window(), counts, x, graph);
    }

    private static Value pool(String kind, String type, Window window, Attributes more, Value input, OnnxGraph graph) {
        requireAxes(kind, input, 2);
        List<Window.Axis> axes = List.of(window.height(), window.width());
        Value x = input.first(graph);
        String y = graph.node(type, settings(axes, more), x.name());
        return x.named(y).sized(outputs(axes, x, x.channels()));
    }

    /** Line i of n is the mean of a part of the lines: a product with a matrix of means, and likewise for columns. */
    static Value adaptiveAvgPool(AdaptiveAvgPool2d layer, Value input, OnnxGraph graph) {
        requireAxes("adaptiveAvgPool2d", input, 2);
        Value x = input.first(graph);
        long[] sizes = {layer.height(), layer.width(), x.channels()};
        if (layer.height() == 1 && layer.width() == 1) {
            return x.named(graph.node("GlobalAveragePool", Attributes.none(), x.name()))
                    .sized(sizes);
        }
        DenseLayers.requireFixed("adaptiveAvgPool2d", x.sizes());
        String down = graph.constant("means", means(layer.height(), x.sizes()[0]));
        String right =
                graph.constant("means", means(layer.width(), x.sizes()[1]).permuted(1, 0));
        String lines = graph.node("MatMul", Attributes.none(), down, x.name());
        return x.named(graph.node("MatMul", Attributes.none(), lines, right)).sized(sizes);
    }

    private static Numbers means(long outputs, long inputs) {
        float[] weights = new float[Math.toIntExact(outputs * inputs)];
        for (long i = 0; i < outputs; i++) {
            long from = i * inputs / outputs;
            long to = ((i + 1) * inputs + outputs - 1) / outputs;
            Arrays.fill(weights, (int) (i * inputs + from), (int) (i * inputs + to), (float) (1.0 / (to - from)));
        }
        return new Numbers(weights, outputs, inputs);
    }

    private static void requireAxes(String kind, Value x, int places) {
        if (x.sizes().length != places + 1) {
            throw new ShapeException(kind + ": needs examples with " + (places + 1)
                    + " axes, channels last, found examples of " + Arrays.toString(x.sizes()));
        }
    }

    private static List<Window.Axis> same(String kind, List<Window.Axis> window, Value x) {
        Window.Axis[] padded = new Window.Axis[window.size()];
        for (int i = 0; i < padded.length; i++) {
            Window.Axis axis = window.get(i);
            if (axis.stride() > 1) {
                DenseLayers.requireFixed(kind + " with \"same\" padding and a stride", x.sizes()[i]);
            }
            // With stride 1 the padding is the same for every length.
            padded[i] = axis.same(x.sizes()[i] == OnnxModel.ANY ? axis.extent() : x.sizes()[i]);
        }
        return List.of(padded);
    }

    private static Attributes settings(List<Window.Axis> window) {
        return settings(window, Attributes.none());
    }

    private static Attributes settings(List<Window.Axis> window, Attributes more) {
        int axes = window.size();
        long[] pads = new long[2 * axes];
        for (int i = 0; i < axes; i++) {
            pads[i] = window.get(i).before();
            pads[axes + i] = window.get(i).after();
        }
        return more.integers(
                        "kernel_shape",
                        window.stream().mapToLong(Window.Axis::size).toArray())
                .integers(
                        "strides",
                        window.stream().mapToLong(Window.Axis::stride).toArray())
                .integers(
                        "dilations",
                        window.stream().mapToLong(Window.Axis::dilation).toArray())
                .integers("pads", pads);
    }

    private static long[] outputs(List<Window.Axis> window, Value x, long channels) {
        long[] sizes = new long[window.size() + 1];
        for (int i = 0; i < window.size(); i++) {
            long size = x.sizes()[i];
            sizes[i] = size == OnnxModel.ANY ? OnnxModel.ANY : window.get(i).outputs(size);
        }
        sizes[window.size()] = channels;
        return sizes;
    }
}
