package dev.ravine.nn.onnx;

import dev.ravine.core.ShapeException;
import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.AdaptiveAvgPool2d;
import dev.ravine.nn.layers.AvgPool2d;
import dev.ravine.nn.layers.BatchNorm;
import dev.ravine.nn.layers.Conv1d;
import dev.ravine.nn.layers.Conv2d;
import dev.ravine.nn.layers.Dropout;
import dev.ravine.nn.layers.Embedding;
import dev.ravine.nn.layers.Flatten;
import dev.ravine.nn.layers.GroupNorm;
import dev.ravine.nn.layers.Gru;
import dev.ravine.nn.layers.InstanceNorm;
import dev.ravine.nn.layers.LayerNorm;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.MaxPool2d;
import dev.ravine.nn.layers.Residual;
import dev.ravine.nn.layers.Rnn;
import dev.ravine.nn.layers.Sequential;
import dev.ravine.nn.layers.Unflatten;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Layer by layer into a graph. A layer is known by its class; all layers with parameters are final classes. */
final class Translation {
    private static final Map<Class<?>, Step> STEPS = new LinkedHashMap<>();

    static {
        step(Linear.class, DenseLayers::linear);
        step(Activation.class, Elementwise::activation);
        step(Flatten.class, DenseLayers::flatten);
        step(Unflatten.class, DenseLayers::unflatten);
        step(Dropout.class, (layer, x, graph) -> x);
        step(Embedding.class, DenseLayers::embedding);
        step(Conv1d.class, ImageLayers::conv1d);
        step(Conv2d.class, ImageLayers::conv2d);
        step(MaxPool2d.class, ImageLayers::maxPool);
        step(AvgPool2d.class, ImageLayers::avgPool);
        step(AdaptiveAvgPool2d.class, ImageLayers::adaptiveAvgPool);
        step(BatchNorm.class, NormLayers::batchNorm);
        step(LayerNorm.class, NormLayers::layerNorm);
        step(GroupNorm.class, NormLayers::groupNorm);
        step(InstanceNorm.class, NormLayers::instanceNorm);
        step(Rnn.class, RecurrentLayers::rnn);
        step(Lstm.class, RecurrentLayers::lstm);
        step(Gru.class, RecurrentLayers::gru);
    }

    private final OnnxGraph graph;

    Translation(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * One kind of layer.
     *
     * @param <M> its class
     */
    @FunctionalInterface
    private interface Layer<M extends Module> {
        Value translate(M layer, Value x, OnnxGraph graph);
    }

    @FunctionalInterface
    private interface Step {
        Value translate(Module layer, Value x, OnnxGraph graph);
    }

    private static <M extends Module> void step(Class<M> kind, Layer<M> layer) {
        STEPS.put(kind, (module, x, graph) -> layer.translate(kind.cast(module), x, graph));
    }

    /** The first layer that computes something, which decides whether the input holds tokens. */
    static Module first(Module net) {
        if (net instanceof Sequential chain) {
            return chain.modules().stream()
                    .filter(m -> !(m instanceof Dropout))
                    .findFirst()
                    .map(Translation::first)
                    .orElse(net);
        }
        return net instanceof Residual residual ? first(residual.body()) : net;
    }

    Value of(Module module, Value x, String path) {
        if (module instanceof Sequential chain) {
            Value y = x;
            List<Module> modules = chain.modules();
            for (int i = 0; i < modules.size(); i++) {
                y = of(modules.get(i), y, path + "." + i);
            }
            return y;
        }
        if (module instanceof Residual residual) {
            return Elementwise.sum(x, of(residual.body(), x, path + ".body"), graph);
        }
        Step step = STEPS.get(module.getClass());
        if (step == null) {
            throw new IllegalArgumentException(
                    path + ": a layer of " + module.getClass().getName()
                            + " cannot be written as ONNX; expected Sequential, Residual or one of "
                            + STEPS.keySet().stream().map(Class::getSimpleName).collect(Collectors.joining(", "))
                            + "; build the net from these, or export the part of it that consists of them");
        }
        try {
            return step.translate(module, x, graph);
        } catch (ShapeException e) {
            throw e.within(path);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
        }
    }
}
