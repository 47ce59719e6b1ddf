package dev.ravine.core.kernels;

/** A function of one number in both precisions, applied to a chunk at a time; x and y may be the same array. */
interface UnaryFunction {
    /** y = f(x) for the first n numbers; may use the scratch arrays named for functions. */
    void apply(float[] x, float[] y, int n, Scratch scratch);

    /** y = f(x) for the first n numbers. */
    void apply(double[] x, double[] y, int n);
}
