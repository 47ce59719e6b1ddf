package dev.ravine.autodiff;

import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;

/**
 * An operation: how it computes its result and how it differentiates in both directions, in one place.
 *
 * <p>Both derivatives are written in {@link Tensor} operations, so derivatives of any order follow. A rule handles one
 * operand at a time, and the engine adds the contributions. The engine calls a rule only for operands that have a
 * tangent or need a cotangent, so a rule never sees an absent one. A rule may return null where the derivative is zero.
 * It may leave broadcasting to the engine: a tangent may have any shape that broadcasts to the result's shape, and a
 * cotangent any shape that the operand broadcasts to.
 *
 * <p>Two ops that are {@code equals} compute the same result from the same operands, and a program computes it once.
 * Write an op as a record, and its settings are part of its equality.
 *
 * <p>Most ops need not implement this interface directly: see {@link Elementwise}, {@link Linear}, {@link Bilinear}.
 */
public interface Op extends Computation {
    /**
     * {@return the shape of the result; called when the node is built}
     *
     * @param in the operands
     * @throws ShapeException if the operands do not fit; the message names the op and the shapes
     */
    Shape infer(Tensor... in);

    /**
     * {@return the dtype of the result, by default the common floating-point dtype of all operands}
     *
     * @param in the operands
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
     * {@return the tangent of the result: its derivative with respect to one operand, times that operand's tangent; or
     * null if it is zero}
     *
     * @param y the result; its operands are {@code y.operand(0)}, {@code y.operand(1)}, ...
     * @param i the index of the operand
     * @param tangent the operand's tangent, of its shape
     */
    Tensor jvp(Tensor y, int i, Tensor tangent);

    /**
     * {@return the cotangent of one operand, by the transpose of {@link #jvp}; or null if it is zero}
     *
     * @param y the result; its operands are {@code y.operand(0)}, {@code y.operand(1)}, ...
     * @param i the index of the operand
     * @param cotangent the result's cotangent, of its shape
     */
    Tensor vjp(Tensor y, int i, Tensor cotangent);

    /**
     * {@return where the result holds its only operand, if the rest of the result is zero; null otherwise} A sum of
     * such results is then put together from their operands.
     *
     * @param y the result
     */
    default Block block(Tensor y) {
        return null;
    }

    /**
     * {@return the rows that meet an operand which is the matrix of a product, or null if it is not one} A matrix
     * product names its other factor, a convolution its patches. {@link Statistic}s of parameters are made from these
     * rows and the cotangents beside them. An operand that is only repeated by broadcasting, such as a bias or a gain,
     * needs none.
     *
     * @param y the result; its operands are {@code y.operand(0)}, {@code y.operand(1)}, ...
     * @param i the index of the operand
     * @param cotangent the result's cotangent, of its shape
     */
    default Rows rows(Tensor y, int i, Tensor cotangent) {
        return null;
    }

    /**
     * {@return where the examples of a batch are in the result, by default where they are in an operand of the same
     * shape or of the same first axis} An op that moves, repeats or mixes examples overrides this.
     *
     * @param y the result; its operands are {@code y.operand(0)}, {@code y.operand(1)}, ...
     * @param i the index of an operand that depends on examples
     * @param in where they are in this operand; {@link Examples#isApart()} is true
     */
    default Examples examples(Tensor y, int i, Examples in) {
        return in.aligned(y.operand(i).shape(), y.shape());
    }

    /**
     * {@return the floating-point operations of one run, by default one for each element of the result}
     *
     * @param y the result
     */
    default long cost(Tensor y) {
        return y.shape().count();
    }
}
