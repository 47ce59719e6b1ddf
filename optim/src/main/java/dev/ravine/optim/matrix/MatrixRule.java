package dev.ravine.optim.matrix;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns the gradient of one parameter, seen as a matrix, into its step, and keeps that parameter's state. */
interface MatrixRule {
    /**
     * Makes a step.
     *
     * @param at where the gradient is, and where the step belongs
     * @return the floating-point operations that this took, products and factorizations alone
     */
    long apply(MatrixStep at);

    /** {@return what is kept from step to step, by name: the arrays themselves} */
    Map<String, INDArray> arrays();
}
