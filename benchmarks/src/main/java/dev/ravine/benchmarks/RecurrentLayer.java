package dev.ravine.benchmarks;

import dev.ravine.nn.Module;
import dev.ravine.nn.layers.Lstm;
import dev.ravine.nn.layers.RecurrentSettings;
import dev.ravine.nn.layers.Rnn;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A recurrent layer that hands on its state after the last step.
 *
 * @param kind rnn or lstm
 * @param in width of the input
 * @param hidden width of the state
 * @param steps of each sequence
 */
record RecurrentLayer(String kind, int in, int hidden, int steps) implements Layer {
    private int width() {
        return kind.equals("lstm") ? 4 * hidden : hidden;
    }

    @Override
    public List<Weights> weights() {
        return List.of(
                Weights.normal(in, width()),
                Weights.normal(hidden, width()),
                Weights.bias(width()),
                Weights.bias(width()));
    }

    @Override
    public Module ravine() {
        RecurrentSettings settings = RecurrentSettings.of(in, hidden).lastStep();
        return kind.equals("lstm") ? new Lstm(settings) : new Rnn(settings);
    }

    @Override
    public Tensor pytorch(Tensor x, List<Tensor> weights) {
        Tensor zero = torch.zeros(1, x.size(0), hidden);
        TensorVector parameters =
                new TensorVector(weights.get(0).t(), weights.get(1).t(), weights.get(2), weights.get(3));
        Tensor states = kind.equals("lstm")
                ? torch.lstm(x, new TensorVector(zero, zero), parameters, true, 1, 0, false, false, true)
                        .get0()
                : torch.rnn_tanh(x, zero, parameters, true, 1, 0, false, false, true)
                        .get0();
        return states.select(1, steps - 1L);
    }

    @Override
    public List<Consumption> consumptions(int examples) {
        return List.of(
                new Consumption(examples * steps, in, width(), 1, true),
                new Consumption(examples, hidden, width(), steps - 1, false));
    }

    @Override
    public String toString() {
        return kind + ":" + hidden;
    }
}
