package dev.ravine.core.kernels;

/** A function of two numbers in both precisions, applied to a chunk at a time; y may be a or b. */
interface BinaryFunction {
    /** y = f(a, b) for the first n pairs. */
    void apply(float[] a, float[] b, float[] y, int n);

    /** y = f(a, b) for the first n pairs. */
    void apply(double[] a, double[] b, double[] y, int n);
}
