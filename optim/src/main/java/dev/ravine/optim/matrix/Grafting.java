package dev.ravine.optim.matrix;

/** Whose length a step of {@link Shampoo} takes, block by block: m is the corrected mean of gradients. */
public enum Grafting {
    /** That of Adam: m / (sqrt v + epsilon) with the corrected mean v of squared gradients. */
    ADAM,
    /** That of RMSProp: m / (sqrt v + epsilon) with the mean v of squared gradients, not corrected. */
    RMSPROP,
    /** That of AdaGrad: m / (sqrt s + epsilon) with the sum s of squared gradients. */
    ADAGRAD,
    /** That of gradient descent: m. */
    SGD,
    /** Its own. Before the first roots a step is m. */
    NONE;

    boolean keepsSquares() {
        return this == ADAM || this == RMSPROP || this == ADAGRAD;
    }
}
