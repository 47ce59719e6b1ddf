package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import java.util.List;

/**
 * A chunk of a single-precision model whose rule computes in single precision. Its loops are those of {@link
 * DoubleChunk} over floats: one loop for both would convert each number, and lose the speed of single precision.
 */
final class FloatChunk extends Chunk {
    private final float[] x = new float[LENGTH];
    private final float[] g = new float[LENGTH];
    private final float[] next = new float[LENGTH];
    private final float[][] s;

    FloatChunk(Elements theta, Elements gradient, List<Elements> state) {
        super(theta, gradient, state);
        this.s = new float[state.size()][LENGTH];
    }

    @Override
    void read(int from) {
        theta.read(from, count, x);
        gradient.read(from, count, g);
        for (int k = 0; k < s.length; k++) {
            state.get(k).read(from, count, s[k]);
        }
    }

    @Override
    void scaleGradient(double factor) {
        float single = (float) factor;
        for (int i = 0; i < count; i++) {
            g[i] *= single;
        }
    }

    @Override
    void limitGradient(double limit) {
        float single = (float) limit;
        for (int i = 0; i < count; i++) {
            g[i] = Math.max(-single, Math.min(single, g[i]));
        }
    }

    @Override
    void addThetaToGradient(double weight) {
        float single = (float) weight;
        for (int i = 0; i < count; i++) {
            g[i] += single * x[i];
        }
    }

    @Override
    double sumOfSquaredGradient() {
        return Vectors.sumOfSquares(g, count);
    }

    @Override
    void apply(UpdateRule rule) {
        ((UpdateRule.SinglePrecision) rule).apply(count, x, g, s);
    }

    @Override
    void subtract(double keep) {
        float single = (float) keep;
        for (int i = 0; i < count; i++) {
            next[i] = single * x[i] - g[i];
            g[i] = next[i] - x[i];
        }
        for (float[] values : s) {
            addZeroTimes(values);
        }
    }

    /** Adds 0 for finite values, and not a number for others. */
    private void addZeroTimes(float[] values) {
        for (int i = 0; i < count; i++) {
            g[i] += 0 * values[i];
        }
    }

    @Override
    void write(int from) {
        theta.write(from, count, next);
        gradient.write(from, count, x);
        for (int k = 0; k < s.length; k++) {
            state.get(k).write(from, count, s[k]);
        }
    }

    @Override
    double next(int i) {
        return next[i];
    }

    @Override
    double state(int k, int i) {
        return s[k][i];
    }
}
