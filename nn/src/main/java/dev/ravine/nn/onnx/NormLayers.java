package dev.ravine.nn.onnx;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.BatchNorm;
import dev.ravine.nn.layers.GroupNorm;
import dev.ravine.nn.layers.InstanceNorm;
import dev.ravine.nn.layers.LayerNorm;
import java.util.Arrays;

/** Normalization, in evaluation. */
final class NormLayers {
    private NormLayers() {}

    private static Attributes epsilon(double value) {
        return Attributes.none().number("epsilon", value);
    }

    static Value batchNorm(BatchNorm layer, Value input, OnnxGraph graph) {
        Numbers gain = DenseLayers.parameter(layer, "gain");
        DenseLayers.requireChannels("batchNorm", input, gain.sizes()[0]);
        Value x = input.first(graph);
        return x.named(graph.node(
                "BatchNormalization",
                epsilon(layer.epsilon()),
                x.name(),
                graph.constant("gain", gain),
                graph.constant("bias", DenseLayers.parameter(layer, "bias")),
                graph.constant("running_mean", buffer(layer, "running_mean")),
                graph.constant("running_var", buffer(layer, "running_var"))));
    }

    private static Numbers buffer(Module layer, String name) {
        return Numbers.of(layer.namedBuffers().get(name).array());
    }

    static Value layerNorm(LayerNorm layer, Value input, OnnxGraph graph) {
        Numbers gain = DenseLayers.parameter(layer, "gain");
        DenseLayers.requireChannels("layerNorm", input, gain.sizes()[0]);
        Value x = input.last(graph);
        return x.named(graph.node(
                "LayerNormalization",
                epsilon(layer.epsilon()).integer("axis", -1),
                x.name(),
                graph.constant("gain", gain),
                graph.constant("bias", DenseLayers.parameter(layer, "bias"))));
    }

    static Value instanceNorm(InstanceNorm layer, Value input, OnnxGraph graph) {
        DenseLayers.requireChannels("instanceNorm", input, layer.channels());
        Value x = input.first(graph);
        int channels = Math.toIntExact(layer.channels());
        boolean hasGain = DenseLayers.has(layer, "gain");
        Numbers gain = hasGain ? DenseLayers.parameter(layer, "gain") : Numbers.filled(1, channels);
        Numbers bias = hasGain ? DenseLayers.parameter(layer, "bias") : Numbers.filled(0, channels);
        return x.named(graph.node(
                "InstanceNormalization",
                epsilon(layer.epsilon()),
                x.name(),
                graph.constant("gain", gain),
                graph.constant("bias", bias)));
    }

    /** Each group as one channel of an instance normalization; then back, and gain and bias by channel. */
    static Value groupNorm(GroupNorm layer, Value input, OnnxGraph graph) {
        Numbers gain = DenseLayers.parameter(layer, "gain");
        DenseLayers.requireChannels("groupNorm", input, gain.sizes()[0]);
        Value x = input.first(graph);
        int groups = Math.toIntExact(layer.groups());
        Value grouped = DenseLayers.reshaped(x, graph, groups, -1);
        String normal = graph.node(
                "InstanceNormalization",
                epsilon(layer.epsilon()),
                grouped.name(),
                graph.constant("ones", Numbers.filled(1, groups)),
                graph.constant("zeros", Numbers.filled(0, groups)));
        String shape = graph.node("Shape", Attributes.none(), x.name());
        String back = graph.node("Reshape", Attributes.none(), normal, shape);
        long[] channels = new long[x.sizes().length];
        Arrays.fill(channels, 1);
        channels[0] = gain.sizes()[0];
        String scaled = graph.node("Mul", Attributes.none(), back, graph.constant("gain", gain.reshaped(channels)));
        String bias =
                graph.constant("bias", DenseLayers.parameter(layer, "bias").reshaped(channels));
        return x.named(graph.node("Add", Attributes.none(), scaled, bias));
    }
}
