package dev.ravine.benchmarks;

/**
 * One product of a layer from {@code in} to {@code out} units over some rows.
 *
 * @param kind which matrices are multiplied
 * @param rows of inputs and outputs
 * @param in columns of the inputs
 * @param out columns of the outputs
 */
record Product(Kind kind, int rows, int in, int out) {
    /** Which matrices of a layer are multiplied. */
    enum Kind {
        /** Rows times weights. */
        FORWARD,
        /** Inputs transposed times cotangents. */
        WEIGHTS,
        /** Cotangents times weights transposed. */
        BACK
    }
}
