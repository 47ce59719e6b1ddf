package dev.ravine.autodiff;

import java.util.function.UnaryOperator;

/**
 * Marks what a hidden unit's activation is applied to, so that {@link Curvature#STRUCTURAL} finds it in the graph; the
 * values stay as they are. Recurrent layers mark the pre-activations of each step. A user's layer takes part by
 * {@link #activate}.
 *
 * @param activation the elementwise function f; its matching loss curves by f'
 * @param counts 1 where the unit counts and 0 at padding, broadcast to the pre-activation's shape; null if all count
 */
public record Preactivation(UnaryOperator<Tensor> activation, Tensor counts) implements Mark {
    /**
     * {@return f(a), with a marked as a pre-activation}
     *
     * @param activation an elementwise function f that does not fall, such as {@code Tensor::tanh}
     * @param a the pre-activation, whose first axis counts the examples
     */
    public static Tensor activate(UnaryOperator<Tensor> activation, Tensor a) {
        return activate(activation, a, null);
    }

    /**
     * {@return f(a), with a marked as a pre-activation where it counts}
     *
     * @param activation an elementwise function f that does not fall, such as {@code Tensor::tanh}
     * @param a the pre-activation, whose first axis counts the examples
     * @param counts 1 or 0, broadcast to the shape of a; null if all count
     */
    public static Tensor activate(UnaryOperator<Tensor> activation, Tensor a, Tensor counts) {
        return activation.apply(Tensor.of(new Preactivation(activation, counts), a));
    }

    /** The diagonal of D: f'(a) of each unit, where it counts. */
    Tensor slopes(Tensor marked) {
        Tensor slopes = Autodiff.gradient(activation.apply(marked).sum(), marked);
        return counts == null ? slopes : slopes.mul(counts);
    }

    @Override
    public String toString() {
        return "Preactivation";
    }
}
