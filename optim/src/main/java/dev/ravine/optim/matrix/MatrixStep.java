package dev.ravine.optim.matrix;

import dev.ravine.core.Workers;
import dev.ravine.core.kernels.SharedProduct;
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
 * @param workers threads that share large products
 */
record MatrixStep(INDArray theta, INDArray gradient, long number, double rate, double decay, Workers workers) {
    /** y = op(a) op(b) + beta y, as {@link SharedProduct#of} says. */
    void multiply(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray y, double beta) {
        SharedProduct.of(a, transposeA, b, transposeB, y, beta).run(workers);
    }

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
