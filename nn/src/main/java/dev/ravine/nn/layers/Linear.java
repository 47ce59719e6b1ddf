package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Shape;
import dev.ravine.nn.Fans;
import dev.ravine.nn.Initializer;
import dev.ravine.nn.Module;
import dev.ravine.nn.Parameter;
import java.util.Arrays;

/**
 * y = x W + b, from [examples, inputs] to [examples, outputs], or with more axes between them, which all count as rows.
 * Its parameters are {@code weight} [inputs, outputs] and, unless it was left out, {@code bias} [outputs].
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
        this(inputs, outputs, weights, true);
    }

    /**
     * Makes a layer with given initial weights, and with zero biases or none.
     *
     * @param inputs width of the input
     * @param outputs width of the output
     * @param weights fills the weights
     * @param hasBias whether a bias is added
     */
    public Linear(long inputs, long outputs, Initializer weights, boolean hasBias) {
        weight = parameter("weight", weights, Fans.matrix(inputs, outputs), inputs, outputs);
        bias = hasBias ? parameter("bias", Initializer.zeros(), outputs) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() <= 2 || shape.size(-1) != weight.shape().size(0)) {
            return ofRows(x);
        }
        Tensor rows = x.reshape(Shape.of(shape.dropping(shape.rank() - 1).count(), shape.size(-1)));
        long[] dims = Arrays.copyOf(shape.toArray(), shape.rank());
        dims[dims.length - 1] = weight.shape().size(1);
        return ofRows(rows).reshape(Shape.of(dims));
    }

    private Tensor ofRows(Tensor rows) {
        Tensor product = rows.matmul(weight.tensor());
        return bias == null ? product : product.add(bias.tensor());
    }
}
