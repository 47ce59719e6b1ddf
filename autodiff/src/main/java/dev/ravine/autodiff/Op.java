package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Kernel;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operation: how it runs and how it differentiates in both directions, in one place.
 *
 * <p>Both derivatives are written in {@link Tensor} operations, so derivatives of any order follow. They are given for
 * one input at a time; the engine adds the contributions and never calls a rule for an input that has no tangent, so a
 * rule never sees an absent one. A rule may return null where the derivative is zero, and may leave broadcasting to the
 * engine: a tangent may have any shape that broadcasts to the result's, a cotangent any shape that the input broadcasts
 * to.
 *
 * <p>Two ops that are {@code equals} compute the same from the same inputs, and programs compute them once. Write an op
 * as a record and its settings are part of its equality.
 *
 * <p>Most ops need not implement this interface directly: see {@link Elementwise}, {@link Linear}, {@link Bilinear}.
 */
public interface Op {
    /**
     * The name used in errors.
     *
     * @return by default the class name in lower camel case
     */
    default String name() {
        String name = getClass().getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /**
     * The shape of the result; called when the node is built.
     *
     * @param in the inputs
     * @return the shape
     * @throws ShapeException if the inputs do not fit; the message names the op and the shapes
     */
    Shape infer(Tensor... in);

    /**
     * The dtype of the result.
     *
     * @param in the inputs
     * @return by default the common floating-point dtype of all inputs
     * @throws ShapeException if the dtypes differ or are not floating-point
     */
    default DType dtype(Tensor... in) {
        for (Tensor t : in) {
            if (!t.dtype().isFloating() || t.dtype() != in[0].dtype()) {
                throw new ShapeException(name() + ": inputs must share one floating-point dtype, found "
                        + in[0].dtype() + " " + in[0].shape() + " and " + t.dtype() + " " + t.shape()
                        + "; convert the data with DataSet.as or INDArray.castTo");
            }
        }
        return in[0].dtype();
    }

    /**
     * Binds the op to arrays.
     *
     * @param in dense arrays of the inputs' shapes
     * @param out a dense array of the result's shape; shares memory with an input only if {@link #inPlace} allows it
     * @return the kernel that computes out from in, to be run many times
     */
    Kernel bind(INDArray[] in, INDArray out);

    /**
     * Pushes a tangent forward: the derivative of the result with respect to one input, times the tangent.
     *
     * @param y the result; its inputs are {@code y.operand(0)}, {@code y.operand(1)}, ...
     * @param i which input moves
     * @param tangent its direction, of its shape
     * @return the direction of the result, or null if it is zero
     */
    Tensor jvp(Tensor y, int i, Tensor tangent);

    /**
     * Pulls a cotangent back: the transpose of {@link #jvp}.
     *
     * @param y the result
     * @param i which input
     * @param cotangent the sensitivity of something to the result, of the result's shape
     * @return its sensitivity to input i, or null if it is zero
     */
    Tensor vjp(Tensor y, int i, Tensor cotangent);

    /**
     * The sum over examples of the squared sensitivities to one input, where that does not need each example's own
     * gradient; the engine sums over what was broadcast. Rows of the first axis are examples that do not mix.
     *
     * @param y the result, one row an example
     * @param i which input, one for all examples, such as a weight or a bias
     * @param cotangent the sensitivity of the summed loss to the result
     * @return a tensor of input i's shape, or one that it broadcasts to; or null if there is no such rule
     */
    default Tensor squaredVjp(Tensor y, int i, Tensor cotangent) {
        return null;
    }

    /**
     * Whether the kernel may write its result over an input of the same shape and dtype.
     *
     * @param i which input
     * @return false unless the op knows better
     */
    default boolean inPlace(int i) {
        return false;
    }

    /**
     * The work of one run.
     *
     * @param y the result
     * @return floating-point operations, by default one for each element of the result
     */
    default long cost(Tensor y) {
        return y.shape().count();
    }
}
