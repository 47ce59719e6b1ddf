package dev.ravine.nn.layers;

import dev.ravine.autodiff.Preactivation;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Elements;
import dev.ravine.nn.Initializer;
import java.util.List;

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers, Schmidhuber and Cummins,
 * 2000), in PyTorch's equations and its order of gates i, f, g, o:
 *
 * <pre>
 * [i, f, g, o] = x_t W_ih + b_ih + h_(t-1) W_hh + b_hh
 * c_t = s(f) c_(t-1) + s(i) tanh(g)
 * h_t = s(o) tanh(c_t)
 * </pre>
 *
 * <p>where s is the logistic function. {@link Recurrent} has shapes and names of parameters; a learned initial state
 * has a second part, {@code initial_cell_l0}.
 */
public final class Lstm extends Recurrent {
    private static final int GATES = 4;
    private static final int FORGET = 1;

    /**
     * Makes a layer with the defaults of {@link RecurrentSettings}.
     *
     * @param inputs width of the input
     * @param hidden width of the state
     */
    public Lstm(long inputs, long hidden) {
        this(RecurrentSettings.of(inputs, hidden));
    }

    /**
     * Makes a layer.
     *
     * @param settings sizes and options
     */
    public Lstm(RecurrentSettings settings) {
        this(settings, uniform(settings.hidden()), uniform(settings.hidden()));
    }

    private Lstm(RecurrentSettings settings, Initializer inputBias, Initializer hiddenBias) {
        super("lstm", settings, GATES, List.of("initial", "initial_cell"), inputBias, hiddenBias);
    }

    /**
     * {@return a layer whose biases begin with zeros, but for those of the forget gates} A forget gate that begins open
     * lets gradients pass from the start. Jozefowicz, Zaremba and Sutskever (ICML 2015) recommend 1.
     *
     * @param settings sizes and options, with biases
     * @param bias the first numbers of the forget gates' biases of inputs
     * @throws IllegalArgumentException if the settings are without biases
     */
    public static Lstm withForgetBias(RecurrentSettings settings, double bias) {
        if (!settings.hasBias()) {
            throw new IllegalArgumentException(
                    "lstm: a forget bias of " + bias + " needs biases; leave out withoutBias()");
        }
        int hidden = (int) settings.hidden();
        return new Lstm(
                settings,
                (parameter, fans, rng) -> {
                    Elements all = Elements.of(parameter);
                    for (int i = 0; i < all.size(); i++) {
                        all.set(i, i / hidden == FORGET ? bias : 0);
                    }
                },
                Initializer.zeros());
    }

    @Override
    List<Tensor> step(Tensor in, List<Tensor> before, Direction direction, Tensor counts) {
        Tensor all = sum(in, ofState(before, direction));
        Tensor input = Preactivation.activate(Tensor::sigmoid, gate(all, 0), counts);
        Tensor added = input.mul(Preactivation.activate(Tensor::tanh, gate(all, 2), counts));
        Tensor cell = added;
        if (!before.isEmpty()) {
            Tensor forget = Preactivation.activate(Tensor::sigmoid, gate(all, FORGET), counts);
            cell = forget.mul(before.get(1)).add(added);
        }
        Tensor output = Preactivation.activate(Tensor::sigmoid, gate(all, 3), counts);
        return List.of(output.mul(cell.tanh()), cell);
    }
}
