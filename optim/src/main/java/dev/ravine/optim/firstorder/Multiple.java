package dev.ravine.optim.firstorder;

/**
 * A step that is a multiple of the gradient.
 *
 * @param factor the learning rate
 */
record Multiple(double factor) implements UpdateRule.SinglePrecision {
    @Override
    public void apply(int count, double[] theta, double[] gradient, double[][] state) {
        for (int i = 0; i < count; i++) {
            gradient[i] *= factor;
        }
    }

    @Override
    public void apply(int count, float[] theta, float[] gradient, float[][] state) {
        float rate = (float) factor;
        for (int i = 0; i < count; i++) {
            gradient[i] *= rate;
        }
    }
}
