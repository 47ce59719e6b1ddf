package dev.ravine.nn.layers;

import dev.ravine.autodiff.Preactivation;
import dev.ravine.autodiff.Tensor;
import java.util.List;

/**
 * The gated recurrent unit (Cho et al., EMNLP 2014), in PyTorch's equations and its order of gates r, z, n, where the
 * reset gate multiplies the product of the state:
 *
 * <pre>
 * r = s(x_t W_ir + b_ir + h_(t-1) W_hr + b_hr)
 * z = s(x_t W_iz + b_iz + h_(t-1) W_hz + b_hz)
 * n = tanh(x_t W_in + b_in + r (h_(t-1) W_hn + b_hn))
 * h_t = (1 - z) n + z h_(t-1)
 * </pre>
 *
 * <p>where s is the logistic function. {@link Recurrent} has shapes and names of parameters.
 */
public final class Gru extends Recurrent {
    private static final int GATES = 3;

    private final boolean hasBias;

    /**
     * Makes a layer with the defaults of {@link RecurrentSettings}.
     *
     * @param inputs width of the input
     * @param hidden width of the state
     */
    public Gru(long inputs, long hidden) {
        this(RecurrentSettings.of(inputs, hidden));
    }

    /**
     * Makes a layer.
     *
     * @param settings sizes and options
     */
    public Gru(RecurrentSettings settings) {
        super("gru", settings, GATES, List.of("initial"), uniform(settings.hidden()), uniform(settings.hidden()));
        hasBias = settings.hasBias();
    }

    /** The reset gate multiplies the bias of the state, which is therefore added in each step. */
    @Override
    Tensor withBiases(Tensor rows, Direction direction) {
        return hasBias ? rows.add(direction.inputBias().tensor()) : rows;
    }

    @Override
    List<Tensor> step(Tensor in, List<Tensor> before, Direction direction, Tensor counts) {
        Tensor ofState = ofState(before, direction);
        if (hasBias) {
            Tensor bias = direction.hiddenBias().tensor();
            ofState = ofState == null ? bias.broadcastTo(in.shape()) : ofState.add(bias);
        }
        Tensor reset = Preactivation.activate(Tensor::sigmoid, sum(gate(in, 0), part(ofState, 0)), counts);
        Tensor keep = Preactivation.activate(Tensor::sigmoid, sum(gate(in, 1), part(ofState, 1)), counts);
        Tensor candidate = part(ofState, 2);
        Tensor added = Preactivation.activate(
                Tensor::tanh, sum(gate(in, 2), candidate == null ? null : reset.mul(candidate)), counts);
        Tensor replaced = added.sub(keep.mul(added));
        return List.of(before.isEmpty() ? replaced : replaced.add(keep.mul(before.get(0))));
    }

    private Tensor part(Tensor orNull, int index) {
        return orNull == null ? null : gate(orNull, index);
    }
}
