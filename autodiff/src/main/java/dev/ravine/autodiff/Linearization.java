package dev.ravine.autodiff;

import dev.ravine.core.DType;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A loss seen from one point: its value, its gradient, and products with its curvature, each applied many times. What
 * does not depend on the multiplied vector (activations, adjoints, local derivatives) is computed at most once.
 *
 * <p>All vectors are flat: the parameters one after the other, in the order in which they were named, each row by row.
 * The point is fixed when the linearization is made, whatever happens to the parameters afterwards. Used by one thread
 * at a time; close it to return its memory.
 */
public interface Linearization extends AutoCloseable {
    /**
     * The number of parameters.
     *
     * @return the length of all vectors
     */
    long size();

    /**
     * The dtype of all vectors.
     *
     * @return a floating-point type
     */
    DType dtype();

    /**
     * The loss.
     *
     * @return its value at the point
     */
    double value();

    /**
     * The gradient.
     *
     * @param out overwritten with the gradient at the point
     */
    void gradient(INDArray out);

    /**
     * A product with the curvature; v and out may be the same array.
     *
     * @param curvature which matrix
     * @param v the vector
     * @param out overwritten with the matrix times v
     * @throws UnsupportedOperationException if the matrix needs something that was not given, saying what
     */
    void product(Curvature curvature, INDArray v, INDArray out);

    /**
     * H v.
     *
     * @param v the vector
     * @param out overwritten with the Hessian times v
     */
    default void hessian(INDArray v, INDArray out) {
        product(Curvature.HESSIAN, v, out);
    }

    /**
     * G v.
     *
     * @param v the vector
     * @param out overwritten with the Gauss-Newton matrix times v
     */
    default void gaussNewton(INDArray v, INDArray out) {
        product(Curvature.GAUSS_NEWTON, v, out);
    }

    /**
     * F v.
     *
     * @param v the vector
     * @param out overwritten with the Fisher matrix times v
     */
    default void fisher(INDArray v, INDArray out) {
        product(Curvature.FISHER, v, out);
    }

    @Override
    void close();

    /**
     * The Hessian of any loss, at the parameters' present values.
     *
     * @param loss a tensor with one element
     * @param parameters variables, in the order of the flat vectors
     * @return a linearization without Gauss-Newton and Fisher products
     */
    static GraphLinearization of(Tensor loss, List<Tensor> parameters) {
        return GraphLinearization.builder(loss, parameters).build();
    }

    /**
     * The curvature of a loss on a model's outputs, at the parameters' present values. The Fisher product is that of a
     * loss whose outputs are natural parameters, where it equals Gauss-Newton; give another with
     * {@link GraphLinearization.Builder#fisher}. Empirical Fisher products need
     * {@link GraphLinearization.Builder#meanOver}.
     *
     * @param loss a tensor with one element, made from the outputs
     * @param outputs the model's outputs, one row an example
     * @param parameters variables, in the order of the flat vectors
     * @return a linearization
     */
    static GraphLinearization of(Tensor loss, Tensor outputs, List<Tensor> parameters) {
        return GraphLinearization.builder(loss, parameters).outputs(outputs).build();
    }
}
