package dev.ravine.nn.layers;

import dev.ravine.autodiff.Tensor;
import dev.ravine.nn.Module;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/** An elementwise function as a layer. */
public final class Activation extends Module {
    private final String name;
    private final UnaryOperator<Tensor> function;
    private final OptionalDouble setting;

    /**
     * Makes a layer of any elementwise function.
     *
     * @param function keeps the shape
     */
    public Activation(UnaryOperator<Tensor> function) {
        this("", function);
    }

    /**
     * Makes a layer of any elementwise function that prints its name.
     *
     * @param name of the function
     * @param function keeps the shape
     */
    public Activation(String name, UnaryOperator<Tensor> function) {
        this(name, OptionalDouble.empty(), function);
    }

    private Activation(String name, OptionalDouble setting, UnaryOperator<Tensor> function) {
        this.name = name;
        this.setting = setting;
        this.function = function;
    }

    /** {@return the slope of {@link #leakyRelu} or the alpha of {@link #elu}; empty for other functions} */
    public OptionalDouble setting() {
        return setting;
    }

    @Override
    public Tensor forward(Tensor x) {
        return function.apply(x);
    }

    @Override
    protected String description() {
        return name;
    }

    /** {@return a layer: the hyperbolic tangent} */
    public static Activation tanh() {
        return new Activation("tanh", Tensor::tanh);
    }

    /** {@return a layer: the logistic function 1 / (1 + e^-x)} */
    public static Activation sigmoid() {
        return new Activation("sigmoid", Tensor::sigmoid);
    }

    /** {@return a layer: max(x, 0)} */
    public static Activation relu() {
        return new Activation("relu", Tensor::relu);
    }

    /**
     * {@return a layer: x where x is positive, else slope x}
     *
     * @param slope for negative x
     */
    public static Activation leakyRelu(double slope) {
        return new Activation("leakyRelu " + slope, OptionalDouble.of(slope), x -> x.leakyRelu(slope));
    }

    /**
     * {@return a layer: x where x is positive, else alpha (e^x - 1)}
     *
     * @param alpha for large negative x, the output approaches -alpha
     */
    public static Activation elu(double alpha) {
        return new Activation("elu " + alpha, OptionalDouble.of(alpha), x -> x.elu(alpha));
    }

    /** {@return a layer: ln(1 + e^x)} */
    public static Activation softplus() {
        return new Activation("softplus", Tensor::softplus);
    }

    /** {@return a layer: x times the standard normal distribution function} */
    public static Activation gelu() {
        return new Activation("gelu", Tensor::gelu);
    }

    /** {@return a layer: x times the logistic function} */
    public static Activation silu() {
        return new Activation("silu", Tensor::silu);
    }
}
