package dev.ravine.nn.onnx;

import dev.ravine.autodiff.GraphText;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.nn.layers.Activation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Functions of single numbers, and sums. A function is known by the graph that it builds, not by its name. */
final class Elementwise {
    private static final Map<String, UnaryOperator<Tensor>> PLAIN = new LinkedHashMap<>();

    static {
        PLAIN.put("Tanh", Tensor::tanh);
        PLAIN.put("Sigmoid", Tensor::sigmoid);
        PLAIN.put("Relu", Tensor::relu);
        PLAIN.put("Softplus", Tensor::softplus);
        PLAIN.put("Gelu", Tensor::gelu);
        PLAIN.put("Silu", Tensor::silu);
        PLAIN.put("Identity", x -> x);
    }

    private Elementwise() {}

    static Value activation(Activation layer, Value x, OnnxGraph graph) {
        UnaryOperator<Tensor> function = layer::forward;
        Optional<String> plain = plain(function);
        if (plain.isPresent()) {
            return x.named(plain(plain.get(), x.name(), graph));
        }
        if (layer.setting().isPresent()) {
            double setting = layer.setting().getAsDouble();
            if (areEqual(function, t -> t.leakyRelu(setting))) {
                return x.named(graph.node("LeakyRelu", Attributes.none().number("alpha", setting), x.name()));
            }
            if (areEqual(function, t -> t.elu(setting))) {
                return x.named(graph.node("Elu", Attributes.none().number("alpha", setting), x.name()));
            }
        }
        throw new IllegalArgumentException("this activation has a function of its own, which ONNX does not know;"
                + " expected tanh, sigmoid, relu, leakyRelu, elu, softplus, gelu or silu of Activation");
    }

    private static String plain(String type, String x, OnnxGraph graph) {
        return switch (type) {
            case "Identity" -> x;
            case "Silu" -> graph.node("Mul", Attributes.none(), x, graph.node("Sigmoid", Attributes.none(), x));
            default -> graph.node(type, Attributes.none(), x);
        };
    }

    /** The name of a function without settings, which is that of ONNX except for Silu. */
    static Optional<String> plain(UnaryOperator<Tensor> function) {
        return PLAIN.entrySet().stream()
                .filter(entry -> areEqual(function, entry.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static boolean areEqual(UnaryOperator<Tensor> a, UnaryOperator<Tensor> b) {
        Tensor x = Tensor.input("x", DType.FLOAT32, Shape.of(2, 3));
        return GraphText.of(a.apply(x)).equals(GraphText.of(b.apply(x)));
    }

    static Value sum(Value x, Value y, OnnxGraph graph) {
        if (!Arrays.equals(x.sizes(), y.sizes())) {
            throw new IllegalArgumentException("residual: the body must keep the shape, but turned "
                    + Arrays.toString(x.sizes()) + " into " + Arrays.toString(y.sizes()));
        }
        Value left = x.isChannelsFirst() ? x : y.isChannelsFirst() ? x.first(graph) : x;
        Value right = left.isChannelsFirst() ? y.first(graph) : y;
        return left.named(graph.node("Add", Attributes.none(), left.name(), right.name()));
    }
}
