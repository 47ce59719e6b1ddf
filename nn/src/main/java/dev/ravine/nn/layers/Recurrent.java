package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link Rnn}, {@link Lstm} and {@link Gru} share: from [examples, time, inputs] to the states after all steps
 * [examples, time, hidden], or after the last step [examples, hidden].
 *
 * <p>The graph is unrolled: it has a few nodes for each step, so derivatives of any order are those of its operations.
 * The products of all inputs with their weights are one matrix product.
 *
 * <p>Parameters are named as in PyTorch: {@code weight_ih_l0}, {@code weight_hh_l0}, {@code bias_ih_l0} and
 * {@code bias_hh_l0} for layer 0, with {@code _reverse} behind for the other direction. Weights are [inputs, gates *
 * hidden] and [hidden, gates * hidden], so they are PyTorch's transposed. A learned initial state is
 * {@code initial_l0} [hidden].
 */
public abstract sealed class Recurrent extends Module permits Rnn, Lstm, Gru {
    private final String kind;
    private final RecurrentSettings settings;
    private final List<List<Direction>> layers = new ArrayList<>();
    private final List<Dropout> dropouts = new ArrayList<>();

    /**
     * One direction of one layer. Biases are null if there are none.
     *
     * @param initial the parts of the learned initial state, which begin with the output; empty if it is zero
     */
    record Direction(
            Parameter inputWeights,
            Parameter hiddenWeights,
            Parameter inputBias,
            Parameter hiddenBias,
            List<Parameter> initial,
            boolean isReverse) {}

    /** A direction's states after all steps, in the order of time, and after the one that it read last. */
    private record Run(List<Tensor> states, Tensor last) {}

    /**
     * Declares all parameters.
     *
     * @param kind the name in errors
     * @param settings sizes and options
     * @param gates blocks of the weights
     * @param stateNames names of the parts of the state, of which the first is the output
     * @param inputBias fills a bias of inputs
     * @param hiddenBias fills a bias of the state
     */
    Recurrent(
            String kind,
            RecurrentSettings settings,
            int gates,
            List<String> stateNames,
            Initializer inputBias,
            Initializer hiddenBias) {
        this.kind = kind;
        this.settings = settings;
        for (int layer = 0; layer < settings.layers(); layer++) {
            List<Direction> directions = new ArrayList<>();
            long inputs = layer == 0 ? settings.inputs() : settings.directions() * settings.hidden();
            for (int direction = 0; direction < settings.directions(); direction++) {
                String suffix = "_l" + layer + (direction == 1 ? "_reverse" : "");
                directions.add(direction(inputs, gates, suffix, stateNames, inputBias, hiddenBias, direction == 1));
            }
            layers.add(directions);
            if (settings.dropout() > 0 && layer > 0) {
                dropouts.add(child("dropout_l" + layer, new Dropout(settings.dropout())));
            }
        }
    }

    private Direction direction(
            long inputs,
            int gates,
            String suffix,
            List<String> stateNames,
            Initializer inputBias,
            Initializer hiddenBias,
            boolean isReverse) {
        long hidden = settings.hidden();
        long width = gates * hidden;
        Initializer ofInputs = settings.inputWeights().orElse(uniform(hidden));
        Initializer ofHidden = settings.hiddenWeights().orElse(uniform(hidden));
        List<Parameter> initial = new ArrayList<>();
        Parameter inputWeights = weights("weight_ih" + suffix, ofInputs, gates, inputs);
        Parameter hiddenWeights = weights("weight_hh" + suffix, ofHidden, gates, hidden);
        boolean hasBias = settings.hasBias();
        Parameter first = hasBias ? parameter("bias_ih" + suffix, inputBias, width) : null;
        Parameter second = hasBias ? parameter("bias_hh" + suffix, hiddenBias, width) : null;
        if (settings.isStateLearned()) {
            stateNames.forEach(name -> initial.add(parameter(name + suffix, Initializer.zeros(), hidden)));
        }
        return new Direction(inputWeights, hiddenWeights, first, second, List.copyOf(initial), isReverse);
    }

    private Parameter weights(String name, Initializer ofGate, int gates, long inputs) {
        long hidden = settings.hidden();
        return parameter(
                name,
                new GateBlocks(ofGate, gates, Fans.matrix(inputs, hidden)),
                Fans.matrix(inputs, gates * hidden),
                inputs,
                gates * hidden);
    }

    /** {@return sizes and options} */
    public final RecurrentSettings settings() {
        return settings;
    }

    static Initializer uniform(long hidden) {
        return Initializer.uniform(1 / Math.sqrt((double) hidden));
    }

    @Override
    public final Tensor forward(Tensor x) {
        return run(x, null);
    }

    /**
     * {@return the result for sequences of different lengths} At a step that does not count, a state stays as it is,
     * and the output is 0. So the state after the last step is that after an example's own last step, and the other
     * direction begins there. This is what PyTorch computes for packed sequences.
     *
     * @param x [examples, time, inputs]
     * @param mask [examples, time], 1 at steps that count and 0 at padding, which stands behind them
     * @throws dev.ravine.core.ShapeException if input or mask do not fit, naming the layer
     */
    public final Tensor apply(Tensor x, Tensor mask) {
        return apply(x, in -> {
            Sizes.requireMask(kind, in, mask);
            return run(in, mask);
        });
    }

    private Tensor run(Tensor x, Tensor mask) {
        Sizes.requireSequence(kind, x, settings.inputs());
        Tensor h = x;
        for (int layer = 0; layer < layers.size(); layer++) {
            boolean isOnlyLast = settings.isLastOnly() && layer == layers.size() - 1;
            Tensor in =
                    layer > 0 && !dropouts.isEmpty() ? dropouts.get(layer - 1).apply(h) : h;
            List<Tensor> outputs = new ArrayList<>();
            for (Direction direction : layers.get(layer)) {
                Run run = run(in, mask, direction);
                outputs.add(isOnlyLast ? run.last : Tensor.concat(1, run.states.toArray(Tensor[]::new)));
            }
            h = outputs.size() == 1 ? outputs.get(0) : Tensor.concat(-1, outputs.toArray(Tensor[]::new));
        }
        return h;
    }

    private Run run(Tensor x, Tensor mask, Direction direction) {
        long examples = x.shape().size(0);
        int steps = (int) x.shape().size(1);
        Tensor rows = Sizes.rows(x).matmul(direction.inputWeights.tensor());
        Tensor inputs = Sizes.sequence(withBiases(rows, direction), x);
        List<Tensor> state = new ArrayList<>();
        direction.initial.forEach(p -> state.add(p.tensor().broadcastTo(Shape.of(examples, settings.hidden()))));
        Tensor[] states = new Tensor[steps];
        List<Tensor> before = state;
        for (int i = 0; i < steps; i++) {
            int t = direction.isReverse ? steps - 1 - i : i;
            Tensor in =
                    inputs.slice(1, t, t + 1).reshape(examples, inputs.shape().size(2));
            Tensor counts = mask == null ? null : mask.slice(1, t, t + 1);
            List<Tensor> after = step(in, before, direction, counts);
            Tensor output = after.get(0);
            if (counts != null) {
                output = Tensor.where(counts, output, output.filled(0));
                after = held(counts, after, before);
            }
            states[t] = output.reshape(examples, 1, settings.hidden());
            before = after;
        }
        return new Run(List.of(states), before.get(0));
    }

    /** The new state where a step counts, the old one elsewhere. */
    private static List<Tensor> held(Tensor counts, List<Tensor> after, List<Tensor> before) {
        List<Tensor> held = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            Tensor old = before.isEmpty() ? after.get(i).filled(0) : before.get(i);
            held.add(Tensor.where(counts, after.get(i), old));
        }
        return held;
    }

    /** The rows with the biases that can be added for all steps at once. */
    Tensor withBiases(Tensor rows, Direction direction) {
        return settings.hasBias() ? rows.add(direction.inputBias.tensor()).add(direction.hiddenBias.tensor()) : rows;
    }

    /** The product of the state before a step and its weights, or null if the state is zero. */
    static Tensor ofState(List<Tensor> before, Direction direction) {
        return before.isEmpty() ? null : before.get(0).matmul(direction.hiddenWeights.tensor());
    }

    static Tensor sum(Tensor a, Tensor orNull) {
        return orNull == null ? a : a.add(orNull);
    }

    /** One of the equal blocks of the last axis. */
    Tensor gate(Tensor all, int index) {
        return all.slice(1, index * settings.hidden(), (index + 1) * settings.hidden());
    }

    /**
     * One step.
     *
     * @param in what {@link #withBiases} gave for this step, [examples, gates * hidden]
     * @param before the state, of which the first part is the output; empty if it is zero
     * @param direction its weights
     * @param counts 1 for examples whose step counts and 0 for others, [examples, 1]; null if all count
     * @return the state after the step
     */
    abstract List<Tensor> step(Tensor in, List<Tensor> before, Direction direction, Tensor counts);
}
