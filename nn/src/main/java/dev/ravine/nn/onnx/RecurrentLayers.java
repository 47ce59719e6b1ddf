package dev.ravine.nn.onnx;

import dev.ravine.core.ShapeException;
import dev.ravine.nn.layers.Gru;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.Recurrent;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Rnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Recurrent layers as the operations RNN, LSTM and GRU, one for each layer with both directions. Those have time as the
 * first axis, weights [directions, gates hidden, inputs], and the gates in an order of their own: input, output,
 * forget, cell for LSTM, and update, reset, new for GRU.
 */
final class RecurrentLayers {
    private static final List<Integer> RNN_GATES = List.of(0);
    private static final List<Integer> LSTM_GATES = List.of(0, 3, 1, 2);
    private static final List<Integer> GRU_GATES = List.of(1, 0, 2);

    /** What tells the three kinds apart. */
    private record Kind(String type, List<Integer> gates, List<String> states, Optional<String> activation) {}

    private RecurrentLayers() {}

    static Value rnn(Rnn layer, Value x, OnnxGraph graph) {
        String activation = Elementwise.plain(layer.activation())
                .filter(List.of("Tanh", "Relu", "Sigmoid")::contains)
                .orElseThrow(
                        () -> new IllegalArgumentException("this Rnn has a function of its own as activation, which"
                                + " ONNX does not know; expected tanh, relu or sigmoid"));
        return of(layer, new Kind("RNN", RNN_GATES, List.of("initial"), Optional.of(activation)), x, graph);
    }

    static Value lstm(Lstm layer, Value x, OnnxGraph graph) {
        List<String> states = List.of("initial", "initial_cell");
        return of(layer, new Kind("LSTM", LSTM_GATES, states, Optional.empty()), x, graph);
    }

    static Value gru(Gru layer, Value x, OnnxGraph graph) {
        return of(layer, new Kind("GRU", GRU_GATES, List.of("initial"), Optional.empty()), x, graph);
    }

    private static Value of(Recurrent layer, Kind kind, Value input, OnnxGraph graph) {
        RecurrentSettings settings = layer.settings();
        if (input.sizes().length != 2 || input.channels() != settings.inputs()) {
            throw new ShapeException(kind.type.toLowerCase(Locale.ROOT)
                    + ": needs sequences [examples, time, " + settings.inputs() + "], found examples of "
                    + Arrays.toString(input.sizes()));
        }
        Value x = input.last(graph);
        String h = graph.node("Transpose", Attributes.none().integers("perm", 1, 0, 2), x.name());
        long width = settings.directions() * settings.hidden();
        for (int i = 0; i < settings.layers(); i++) {
            List<String> outputs = layer(layer, i, kind, h, graph);
            if (settings.isLastOnly() && i == settings.layers() - 1) {
                String last = graph.node("Transpose", Attributes.none().integers("perm", 1, 0, 2), outputs.get(1));
                return DenseLayers.reshaped(x.named(last), graph, width);
            }
            // [time, directions, examples, hidden] to [time, examples, directions hidden]
            String together = graph.node("Transpose", Attributes.none().integers("perm", 0, 2, 1, 3), outputs.get(0));
            h = graph.node("Reshape", Attributes.none(), together, graph.integers("shape", 0, 0, width));
        }
        String y = graph.node("Transpose", Attributes.none().integers("perm", 1, 0, 2), h);
        return x.named(y).sized(x.sizes()[0], width);
    }

    /** All states and the last ones of one layer. */
    private static List<String> layer(Recurrent layer, int index, Kind kind, String x, OnnxGraph graph) {
        RecurrentSettings settings = layer.settings();
        List<String> suffixes =
                settings.directions() == 2 ? List.of("_l" + index, "_l" + index + "_reverse") : List.of("_l" + index);
        List<String> inputs = new ArrayList<>(List.of(
                x,
                graph.constant("weight_ih", weights(layer, "weight_ih", suffixes, kind)),
                graph.constant("weight_hh", weights(layer, "weight_hh", suffixes, kind)),
                settings.hasBias() ? graph.constant("bias", biases(layer, suffixes, kind)) : "",
                ""));
        for (String state : settings.isStateLearned() ? kind.states : List.<String>of()) {
            inputs.add(state(layer, state, suffixes, x, graph));
        }
        Attributes attributes = Attributes.none()
                .integer("hidden_size", settings.hidden())
                .text("direction", suffixes.size() == 2 ? "bidirectional" : "forward");
        kind.activation.ifPresent(name -> attributes.texts("activations", Collections.nCopies(suffixes.size(), name)));
        if (kind.type.equals("GRU")) {
            attributes.integer("linear_before_reset", 1);
        }
        return graph.nodes(2, kind.type, attributes, inputs.toArray(String[]::new));
    }

    private static Numbers weights(Recurrent layer, String name, List<String> suffixes, Kind kind) {
        return Numbers.stacked(suffixes.stream()
                .map(suffix -> DenseLayers.parameter(layer, name + suffix)
                        .permuted(1, 0)
                        .reordered(kind.gates))
                .toArray(Numbers[]::new));
    }

    private static Numbers biases(Recurrent layer, List<String> suffixes, Kind kind) {
        return Numbers.stacked(suffixes.stream()
                .map(suffix -> Numbers.joined(
                        DenseLayers.parameter(layer, "bias_ih" + suffix).reordered(kind.gates),
                        DenseLayers.parameter(layer, "bias_hh" + suffix).reordered(kind.gates)))
                .toArray(Numbers[]::new));
    }

    /** A learned state, the same for all examples: [directions, examples, hidden]. */
    private static String state(Recurrent layer, String name, List<String> suffixes, String x, OnnxGraph graph) {
        Numbers states = Numbers.stacked(suffixes.stream()
                .map(suffix -> DenseLayers.parameter(layer, name + suffix))
                .toArray(Numbers[]::new));
        long hidden = states.sizes()[1];
        String constant = graph.constant(name, states.reshaped(suffixes.size(), 1, hidden));
        String examples = graph.node(
                "Gather", Attributes.none(), graph.node("Shape", Attributes.none(), x), graph.integers("axis", 1));
        String shape = graph.node(
                "Concat",
                Attributes.none().integer("axis", 0),
                graph.integers("directions", suffixes.size()),
                examples,
                graph.integers("hidden", hidden));
        return graph.node("Expand", Attributes.none(), constant, shape);
    }
}
