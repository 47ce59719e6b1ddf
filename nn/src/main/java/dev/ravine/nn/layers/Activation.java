package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.nn.Module;
import java.util.function.UnaryOperator;

/** An elementwise function as a layer. */
public final class Activation extends Module {
    private final UnaryOperator<Tensor> function;

    /**
     * Any function of a tensor.
     *
     * @param function keeps the shape
     */
    public Activation(UnaryOperator<Tensor> function) {
        this.function = function;
    }

    @Override
    public Tensor forward(Tensor x) {
        return function.apply(x);
    }

    /**
     * The hyperbolic tangent.
     *
     * @return a layer
     */
    public static Activation tanh() {
        return new Activation(Tensor::tanh);
    }

    /**
     * The logistic function.
     *
     * @return a layer
     */
    public static Activation sigmoid() {
        return new Activation(Tensor::sigmoid);
    }

    /**
     * max(x, 0).
     *
     * @return a layer
     */
    public static Activation relu() {
        return new Activation(Tensor::relu);
    }

    /**
     * x where positive, else slope x.
     *
     * @param slope where negative
     * @return a layer
     */
    public static Activation leakyRelu(double slope) {
        return new Activation(x -> x.leakyRelu(slope));
    }

    /**
     * x where positive, else alpha (e^x - 1).
     *
     * @param alpha the limit is -alpha
     * @return a layer
     */
    public static Activation elu(double alpha) {
        return new Activation(x -> x.elu(alpha));
    }

    /**
     * ln(1 + e^x).
     *
     * @return a layer
     */
    public static Activation softplus() {
        return new Activation(Tensor::softplus);
    }

    /**
     * x times the normal distribution function.
     *
     * @return a layer
     */
    public static Activation gelu() {
        return new Activation(Tensor::gelu);
    }

    /**
     * x times the logistic function.
     *
     * @return a layer
     */
    public static Activation silu() {
        return new Activation(Tensor::silu);
    }
}
