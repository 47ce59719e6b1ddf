package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import java.util.List;

/**
 * Some consecutive elements of theta, the gradient and the state as arrays that stay in the cache, in the precision in
 * which a rule computes. Loops are written so that they compile to vector instructions: no branches inside, and sums by
 * themselves.
 */
abstract class Chunk {
    /** The length of the arrays. */
    static final int LENGTH = 512;

    final Elements theta;
    final Elements gradient;
    final List<Elements> state;
    /** How many elements are in use, at the beginning of the arrays. */
    int count;

    Chunk(Elements theta, Elements gradient, List<Elements> state) {
        this.theta = theta;
        this.gradient = gradient;
        this.state = state;
    }

    /** Reads theta, gradient and state. */
    abstract void read(int from);

    abstract void scaleGradient(double factor);

    abstract void limitGradient(double limit);

    abstract void addThetaToGradient(double weight);

    abstract double sumOfSquaredGradient();

    abstract void apply(UpdateRule rule);

    /** next = keep theta - g, and g becomes the change of theta. A state that is not finite makes g not a number. */
    abstract void subtract(double keep);

    /** Writes the next theta and the state; the gradient receives what theta was. */
    abstract void write(int from);

    abstract double next(int i);

    abstract double state(int k, int i);

    /** Clips and decays; returns the sum of squares after clipping, if there is a limit. */
    final double before(UpdateFrame frame) {
        double sum = 0;
        if (frame.gradientFactor() != 1) {
            scaleGradient(frame.gradientFactor());
        }
        if (frame.isLimited()) {
            limitGradient(frame.limit());
            sum = sumOfSquaredGradient();
        }
        if (frame.addedDecay() != 0) {
            addThetaToGradient(frame.addedDecay());
        }
        return sum;
    }

    /** Subtracts; returns the sum of squares of the changes, which is not finite if any number of the chunk is not. */
    final double after(double keep) {
        subtract(keep);
        return sumOfSquaredGradient();
    }

    /** The first element where theta or a state is not finite, or -1. */
    final int firstNonFinite() {
        for (int i = 0; i < count; i++) {
            boolean isFinite = Double.isFinite(next(i));
            for (int k = 0; k < state.size(); k++) {
                isFinite &= Double.isFinite(state(k, i));
            }
            if (!isFinite) {
                return i;
            }
        }
        return -1;
    }
}
