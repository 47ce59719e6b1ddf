package dev.ravine.autodiff;

/** The weights of a batch's examples, by which the terms of its loss were multiplied. */
final class Weighting {
    private final Tensor weights;
    private final Tensor inverse;

    /**
     * Weights.
     *
     * @param weights of shape [examples], none negative
     */
    Weighting(Tensor weights) {
        this.weights = weights;
        // One tensor, so that equal rows over the weights are equal graphs.
        this.inverse = Tensor.where(weights.step(), weights.reciprocal(), weights.filled(0));
    }

    /**
     * Rows times the weights of their examples.
     *
     * @param rows of shape [examples * places, ...], the examples in order, each with all its places; of any shape if
     *     there is one example
     */
    Tensor times(Tensor rows) {
        return eachTimes(rows, weights);
    }

    /** The same, divided by the weights; the rows of an example without weight become 0. */
    Tensor over(Tensor rows) {
        return eachTimes(rows, inverse);
    }

    private static Tensor eachTimes(Tensor rows, Tensor factors) {
        long examples = factors.shape().count();
        return rows.reshape(examples, rows.shape().count() / examples)
                .mul(factors.reshape(examples, 1))
                .reshape(rows.shape());
    }
}
