package dev.ravine.optim.kronecker;

/**
 * How an example that uses a weight at several places counts in a Kronecker factor (Eschenhagen, Immer, Turner,
 * Schneider and Hennig, NeurIPS 2023). With one place both are the same.
 */
public enum Sharing {
    /**
     * Each place counts as an example: A is the sum over places of inputs times inputs, G the mean over places. Exact
     * for deep linear nets whose places never meet. For a loss that is a sum over places. For convolutions this is KFC
     * (Grosse and Martens, ICML 2016).
     */
    EXPAND,
    /**
     * Places are reduced first, to the mean of the inputs and the sum of the cotangents. Exact for deep linear nets
     * that end in a sum or mean over places. For one loss a sequence or image.
     */
    REDUCE
}
