package dev.ravine.optim.problems;

import dev.ravine.autodiff.Tensor;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/** y = x exp(w): the exponential hides from the product which parameter it meets, and does not say which rows do. */
public final class ExponentialWeights extends Module {
    private final Parameter weight;

    public ExponentialWeights(int inputs, int outputs) {
        weight = parameter("weight", Initializer.normal(0.5), inputs, outputs);
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.matmul(weight.tensor().exp());
    }
}
