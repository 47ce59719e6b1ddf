package dev.ravine.optim.objective;

import dev.ravine.autodiff.Tensor;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** A plain function of a vector, written in tensor operations; it has no data, so all scopes are the same. */
public final class FunctionObjective extends GraphObjective {
    /**
     * Wraps a function.
     *
     * @param dtype of theta
     * @param size its length
     * @param function from theta, of shape [size], to a tensor with one element
     */
    public FunctionObjective(DType dtype, long size, UnaryOperator<Tensor> function) {
        this(Tensor.input("theta", dtype, Shape.of(size)), function);
    }

    private FunctionObjective(Tensor theta, UnaryOperator<Tensor> function) {
        super(
                List.of(theta),
                null,
                Objects.requireNonNull(function.apply(theta), "the function must return a tensor, found null"));
    }
}
