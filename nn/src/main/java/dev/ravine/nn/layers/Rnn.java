package dev.ravine.nn.layers;

import dev.ravine.autodiff.Preactivation;
import dev.ravine.autodiff.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Elman's recurrent layer, h_t = tanh(x_t W_ih + b_ih + h_(t-1) W_hh + b_hh), as PyTorch's {@code RNN}. {@link
 * Recurrent} has shapes and names of parameters.
 */
public final class Rnn extends Recurrent {
    private final UnaryOperator<Tensor> activation;

    /**
     * Makes a layer with the defaults of {@link RecurrentSettings}.
     *
     * @param inputs width of the input
     * @param hidden width of the state
     */
    public Rnn(long inputs, long hidden) {
        this(RecurrentSettings.of(inputs, hidden));
    }

    /**
     * Makes a layer.
     *
     * @param settings sizes and options
     */
    public Rnn(RecurrentSettings settings) {
        this(settings, Tensor::tanh);
    }

    /**
     * Makes a layer with another activation, such as {@code Tensor::relu}.
     *
     * @param settings sizes and options
     * @param activation an elementwise function instead of tanh
     */
    public Rnn(RecurrentSettings settings, UnaryOperator<Tensor> activation) {
        super("rnn", settings, 1, List.of("initial"), uniform(settings.hidden()), uniform(settings.hidden()));
        this.activation = activation;
    }

    /** {@return the elementwise function of its state} */
    public UnaryOperator<Tensor> activation() {
        return activation;
    }

    @Override
    List<Tensor> step(Tensor in, List<Tensor> before, Direction direction, Tensor counts) {
        return List.of(Preactivation.activate(activation, sum(in, ofState(before, direction)), counts));
    }
}
