package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import java.util.List;

/** A chunk in double precision, also of a single-precision model whose rule computes in double precision. */
final class DoubleChunk extends Chunk {
    private final double[] x = new double[LENGTH];
    private final double[] g = new double[LENGTH];
    private final double[] next = new double[LENGTH];
    private final double[][] s;

    DoubleChunk(Elements theta, Elements gradient, List<Elements> state) {
        super(theta, gradient, state);
        this.s = new double[state.size()][LENGTH];
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
        for (int i = 0; i < count; i++) {
            g[i] *= factor;
        }
    }

    @Override
    void limitGradient(double limit) {
        for (int i = 0; i < count; i++) {
            g[i] = Math.max(-limit, Math.min(limit, g[i]));
        }
    }

    @Override
    void addThetaToGradient(double weight) {
        for (int i = 0; i < count; i++) {
            g[i] += weight * x[i];
        }
    }

    @Override
    double sumOfSquaredGradient() {
        return Vectors.sumOfSquares(g, count);
    }

    @Override
    void apply(UpdateRule rule) {
        rule.apply(count, x, g, s);
    }

    @Override
    void subtract(double keep) {
        if (theta instanceof Elements.Floats) {
            for (int i = 0; i < count; i++) {
                next[i] = (float) (keep * x[i] - g[i]);
                g[i] = next[i] - x[i];
            }
            for (double[] values : s) {
                round(values);
            }
        } else {
            for (int i = 0; i < count; i++) {
                next[i] = keep * x[i] - g[i];
                g[i] = next[i] - x[i];
            }
        }
        for (double[] values : s) {
            addZeroTimes(values);
        }
    }

    private void round(double[] values) {
        for (int i = 0; i < count; i++) {
            values[i] = (float) values[i];
        }
    }

    /** Adds 0 for finite values, and not a number for others. */
    private void addZeroTimes(double[] values) {
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
