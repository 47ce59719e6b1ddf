package dev.ravine.optim.matrix;

import dev.ravine.core.kernels.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The part of one parameter in a step.
 *
 * @param theta the parameter as a matrix, not to be changed
 * @param gradient its gradient, overwritten with the step
 * @param number how many steps this parameter has made, this one included
 * @param rate the learning rate
 * @param decay the decoupled weight decay
 */
record MatrixStep(INDArray theta, INDArray gradient, long number, double rate, double decay) {
    /** Adds weight decay to a finished step: theta (1 - rate decay) - step. */
    void addDecay() {
        if (decay != 0) {
            Vectors.axpy(rate * decay, theta, gradient);
        }
    }

    /** The same with a decay that comes after the step: (theta - step) (1 - rate decay). */
    void addLaterDecay() {
        if (decay != 0) {
            Vectors.scale(1 - rate * decay, gradient);
            addDecay();
        }
    }
}
