package dev.ravine.optim.kronecker;

import dev.ravine.optim.objective.Span;

/**
 * Which parameters share one Kronecker block A (x) G: a weight with the bias that is added to its products, or a bias
 * or gain alone. Their part of a vector is a matrix [inputs, outputs] with the bias as its last row.
 *
 * @param name the parameters, for reports
 * @param weight where the weight is in the parameter vector; null for a bias or gain alone
 * @param bias where the bias is; null if there is none
 * @param inputs the order of A, bias included
 * @param outputs the order of G
 * @param isTransposed whether the weight is stored as [outputs, inputs]
 * @param isTied whether it is also used the other way round, as in a decoder with the encoder's weights; then the
 *     statistic has a second pair of factors
 */
record KroneckerBlock(
        String name, Span weight, Span bias, int inputs, int outputs, boolean isTransposed, boolean isTied) {

    /** The number of elements of A in a statistic. */
    int inputSize() {
        return inputs * inputs;
    }

    /** The number of elements of G in a statistic. */
    int outputSize() {
        return outputs * outputs;
    }

    /** Floating-point operations of a product A V G. */
    double productCost() {
        return 2.0 * inputs * outputs * (inputs + outputs);
    }

    /** Floating-point operations of the inverses of both factors. */
    double inverseCost() {
        return 2 * (Math.pow(inputs, 3) + Math.pow(outputs, 3));
    }
}
