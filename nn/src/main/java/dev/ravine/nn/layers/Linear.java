package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;

/**
 * y = x W + b, from [examples, inputs] to [examples, outputs]. Its parameters are {@code weight} [inputs, outputs] and
 * {@code bias} [outputs].
 */
public final class Linear extends Module {
    private final Parameter weight;
    private final Parameter bias;

    /**
     * Makes a layer with LeCun-normal weights and zero biases.
     *
     * @param inputs width of the input
     * @param outputs width of the output
     */
    public Linear(long inputs, long outputs) {
        this(inputs, outputs, Initializer.lecunNormal());
    }

    /**
     * Makes a layer with given initial weights and zero biases.
     *
     * @param inputs width of the input
     * @param outputs width of the output
     * @param weights fills the weights
     */
    public Linear(long inputs, long outputs, Initializer weights) {
        weight = parameter("weight", weights, Fans.matrix(inputs, outputs), inputs, outputs);
        bias = parameter("bias", Initializer.zeros(), outputs);
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.matmul(weight.tensor()).add(bias.tensor());
    }
}
