package dev.ravine.optim.firstorder;

import dev.ravine.core.Elements;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.objective.Span;
import java.util.List;

/**
 * Applies a rule to theta block by block, between what comes before any rule (clipping, weight decay added to the gradient)
 * and after it (weight decay of theta, the subtraction). Loops are written so that they compile to vector instructions:
 * no branches inside, and sums by themselves.
 *
 * <p>The gradient receives what theta was. So an update that turns out not to be finite is undone.
 */
final class UpdateLoop {
    private static final int BLOCK = 512;

    private final Elements theta;
    private final Elements gradient;
    private final List<Elements> state;
    private final Doubles doubles = new Doubles();
    private final Floats floats = new Floats();
    private Block block = doubles;
    private int from;
    private int count;

    /**
     * What happens around the rule.
     *
     * @param gradientFactor what the gradient is multiplied by
     * @param limit of the size of the gradient's elements, or infinite
     * @param addedDecay how much of theta is added to the gradient
     * @param keep what theta is multiplied by
     */
    record Frame(double gradientFactor, double limit, double addedDecay, double keep) {
        boolean isLimited() {
            return limit < Double.POSITIVE_INFINITY;
        }

        /** Whether there is nothing but a factor of the gradient. */
        boolean isSimple() {
            return !isLimited() && addedDecay == 0 && keep == 1;
        }
    }

    /**
     * What came of an update.
     *
     * @param moved how far theta moved; not a number if the update was undone
     * @param clippedNorm the gradient's norm after clipping, if its elements have a limit
     */
    record Outcome(double moved, double clippedNorm) {
        boolean isUndone() {
            return Double.isNaN(moved);
        }
    }

    /**
     * Updates of vectors that stay the same.
     *
     * @param theta changed in place
     * @param gradient receives what theta was
     * @param state changed in place
     */
    UpdateLoop(Elements theta, Elements gradient, List<Elements> state) {
        this.theta = theta;
        this.gradient = gradient;
        this.state = state;
    }

    /** Whose updates these are. */
    Elements theta() {
        return theta;
    }

    /**
     * Updates.
     *
     * @param rule of this step
     * @param frame what happens around it
     * @param spans what may change
     * @param gradientNorm the gradient's norm
     * @return how far theta moved
     */
    Outcome run(UpdateRule rule, Frame frame, List<Span> spans, double gradientNorm) {
        if (rule instanceof Multiple multiple && frame.isSimple() && isAll(spans)) {
            double factor = multiple.factor() * frame.gradientFactor;
            if (factor * gradientNorm < harmless()) {
                Vectors.axpy(-factor, gradient, theta);
                return new Outcome(factor * gradientNorm, Double.NaN);
            }
        }
        block = theta instanceof Elements.Floats && rule instanceof UpdateRule.SinglePrecision ? floats : doubles;
        double moved = 0;
        double clipped = 0;
        for (Span span : spans) {
            for (from = span.from(); from < span.to(); from += BLOCK) {
                count = Math.min(BLOCK, span.to() - from);
                block.read();
                clipped += block.before(frame);
                block.apply(rule);
                double sum = block.after(frame.keep);
                if (!Double.isFinite(sum) && firstNonFinite() >= 0) {
                    undo(spans);
                    return new Outcome(Double.NaN, Double.NaN);
                }
                moved += sum;
                block.write();
            }
        }
        return new Outcome(Math.sqrt(moved), Math.sqrt(clipped));
    }

    private boolean isAll(List<Span> spans) {
        return spans.size() == 1 && spans.get(0).from() == 0 && spans.get(0).to() == theta.size();
    }

    /** Half of half a unit in the last place of the largest number: the sum of both is still finite. */
    private double harmless() {
        return theta instanceof Elements.Floats ? Math.ulp(Float.MAX_VALUE) / 4 : Math.ulp(Double.MAX_VALUE) / 4;
    }

    /** Puts back what theta was before the blocks that were written. */
    private void undo(List<Span> spans) {
        double[] values = new double[BLOCK];
        for (Span span : spans) {
            for (int at = span.from(); at < Math.min(span.to(), from); at += BLOCK) {
                int some = Math.min(BLOCK, span.to() - at);
                gradient.read(at, some, values);
                theta.write(at, some, values);
            }
        }
    }

    /** Which number was not finite in the update that was undone. */
    String firstNonFinite(List<String> stateNames) {
        int i = firstNonFinite();
        if (!Double.isFinite(block.next(i))) {
            return "parameter " + (from + i) + " would become " + block.next(i);
        }
        int k = 0;
        while (Double.isFinite(block.state(k, i))) {
            k++;
        }
        return "element " + (from + i) + " of '" + stateNames.get(k) + "' would become " + block.state(k, i);
    }

    /** The block's first element where theta or a state is not finite, or -1. */
    private int firstNonFinite() {
        for (int i = 0; i < count; i++) {
            boolean isFinite = Double.isFinite(block.next(i));
            for (int k = 0; k < state.size(); k++) {
                isFinite &= Double.isFinite(block.state(k, i));
            }
            if (!isFinite) {
                return i;
            }
        }
        return -1;
    }

    /** The block's numbers in one precision. */
    private abstract static class Block {
        abstract void read();

        /** Clips and decays; the sum of squares after clipping, if there is a limit. */
        abstract double before(Frame frame);

        abstract void apply(UpdateRule rule);

        /** Subtracts; the sum of squares of the changes, which is not finite if any number of the block is not. */
        abstract double after(double keep);

        abstract void write();

        abstract double next(int i);

        abstract double state(int k, int i);
    }

    private final class Doubles extends Block {
        private final double[] x = new double[BLOCK];
        private final double[] g = new double[BLOCK];
        private final double[] next = new double[BLOCK];
        private double[][] s;

        @Override
        void read() {
            if (s == null) {
                s = new double[state.size()][BLOCK];
            }
            theta.read(from, count, x);
            gradient.read(from, count, g);
            for (int k = 0; k < s.length; k++) {
                state.get(k).read(from, count, s[k]);
            }
        }

        @Override
        double before(Frame frame) {
            double factor = frame.gradientFactor;
            double decay = frame.addedDecay;
            double sum = 0;
            if (factor != 1) {
                for (int i = 0; i < count; i++) {
                    g[i] *= factor;
                }
            }
            if (frame.isLimited()) {
                double limit = frame.limit;
                for (int i = 0; i < count; i++) {
                    g[i] = Math.max(-limit, Math.min(limit, g[i]));
                }
                sum = Vectors.sumOfSquares(g, count);
            }
            if (decay != 0) {
                for (int i = 0; i < count; i++) {
                    g[i] += decay * x[i];
                }
            }
            return sum;
        }

        @Override
        void apply(UpdateRule rule) {
            rule.apply(count, x, g, s);
        }

        @Override
        double after(double keep) {
            if (theta instanceof Elements.Floats) {
                for (int i = 0; i < count; i++) {
                    next[i] = (float) (keep * x[i] - g[i]);
                    g[i] = next[i] - x[i];
                }
                for (double[] values : s) {
                    round(values, count);
                }
            } else {
                for (int i = 0; i < count; i++) {
                    next[i] = keep * x[i] - g[i];
                    g[i] = next[i] - x[i];
                }
            }
            for (double[] values : s) {
                addZeroTimes(values, g, count);
            }
            return Vectors.sumOfSquares(g, count);
        }

        @Override
        void write() {
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

    private final class Floats extends Block {
        private final float[] x = new float[BLOCK];
        private final float[] g = new float[BLOCK];
        private final float[] next = new float[BLOCK];
        private float[][] s;

        @Override
        void read() {
            if (s == null) {
                s = new float[state.size()][BLOCK];
            }
            theta.read(from, count, x);
            gradient.read(from, count, g);
            for (int k = 0; k < s.length; k++) {
                state.get(k).read(from, count, s[k]);
            }
        }

        @Override
        double before(Frame frame) {
            float factor = (float) frame.gradientFactor;
            float decay = (float) frame.addedDecay;
            double sum = 0;
            if (factor != 1) {
                for (int i = 0; i < count; i++) {
                    g[i] *= factor;
                }
            }
            if (frame.isLimited()) {
                float limit = (float) frame.limit;
                for (int i = 0; i < count; i++) {
                    g[i] = Math.max(-limit, Math.min(limit, g[i]));
                }
                sum = Vectors.sumOfSquares(g, count);
            }
            if (decay != 0) {
                for (int i = 0; i < count; i++) {
                    g[i] += decay * x[i];
                }
            }
            return sum;
        }

        @Override
        void apply(UpdateRule rule) {
            ((UpdateRule.SinglePrecision) rule).apply(count, x, g, s);
        }

        @Override
        double after(double keep) {
            float factor = (float) keep;
            for (int i = 0; i < count; i++) {
                next[i] = factor * x[i] - g[i];
                g[i] = next[i] - x[i];
            }
            for (float[] values : s) {
                addZeroTimes(values, g, count);
            }
            return Vectors.sumOfSquares(g, count);
        }

        @Override
        void write() {
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

    private static void round(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = (float) values[i];
        }
    }

    /** Adds what is 0 for finite values, and not a number for others. */
    private static void addZeroTimes(double[] values, double[] sum, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] += 0 * values[i];
        }
    }

    private static void addZeroTimes(float[] values, float[] sum, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] += 0 * values[i];
        }
    }
}
