package dev.ravine.autodiff;

import dev.ravine.core.kernels.Kernel;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a {@link Program} knows about an operation when it plans and runs it: how to bind it to arrays, and which
 * rewrites are valid. The rules for shapes and derivatives are in {@link Op}.
 *
 * <p>Every property has a default that allows no rewrite, so an op need only implement {@link #bind}.
 */
public interface Computation {
    /** {@return the name used in errors, by default the class name in lower camel case} */
    default String name() {
        String name = getClass().getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /**
     * {@return the kernel that computes out from in, to be run many times}
     *
     * @param in dense arrays of the operands' shapes
     * @param out a dense array of the result's shape; it shares memory with an operand only if {@link #inPlace}
     *     allows it
     */
    Kernel bind(INDArray[] in, INDArray out);

    /**
     * {@return whether the kernel may write its result over an operand of the same shape and dtype}
     *
     * @param i the operand's index
     */
    default boolean inPlace(int i) {
        return false;
    }

    /**
     * {@return whether the result has the numbers of its only operand in the same order} A program then reads the
     * operand's memory under the result's shape and never runs the kernel.
     */
    default boolean isView() {
        return false;
    }

    /** {@return whether the result repeats its only operand by NumPy's rule of broadcasting, and does nothing else} */
    default boolean isRepetition() {
        return false;
    }

    /** {@return whether the result is the elementwise sum of two operands, which may broadcast} */
    default boolean isSum() {
        return false;
    }

    /**
     * {@return the number c if the result is c times the elementwise product of the operands, otherwise empty} A
     * program then multiplies the factors in the order that repeats least work.
     */
    default OptionalDouble productFactor() {
        return OptionalDouble.empty();
    }

    /**
     * {@return the computation of s + y, where y is this result, or null if there is none} Its operands are s, which
     * broadcasts to y's shape, followed by the operands of y. It should write over s in place if s has y's shape.
     */
    default Computation accumulating() {
        return null;
    }
}
