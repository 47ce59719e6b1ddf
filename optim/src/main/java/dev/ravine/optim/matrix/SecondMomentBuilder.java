package dev.ravine.optim.matrix;

import dev.ravine.core.Check;
import dev.ravine.nn.Module;

/**
 * Settings of optimizers that keep second moments of the rows and columns of each weight's gradient, and decompose
 * these matrices every few steps.
 *
 * @param <B> the builder itself
 */
abstract class SecondMomentBuilder<B extends SecondMomentBuilder<B>> extends MatrixBuilder<B> {
    private int every = 10;
    private int largest;

    SecondMomentBuilder(double learningRate, Module module, int largest) {
        super(learningRate, module);
        this.largest = largest;
    }

    final int every() {
        return every;
    }

    final int largest() {
        return largest;
    }

    /**
     * How many steps a decomposition lasts: the basis of SOAP, the roots of Shampoo.
     *
     * @param steps at least 1; 10 without it
     * @return this
     */
    public final B every(int steps) {
        this.every = Check.atLeastOne("the number of steps of a decomposition", steps);
        return self();
    }

    /**
     * The longest side that has a matrix. SOAP does not rotate a longer one; Shampoo cuts it into blocks.
     *
     * @param order at least 1; 10,000 for SOAP and 1,024 for Shampoo without it
     * @return this
     */
    public final B largest(int order) {
        this.largest = Check.atLeastOne("the longest side that has a matrix", order);
        return self();
    }
}
