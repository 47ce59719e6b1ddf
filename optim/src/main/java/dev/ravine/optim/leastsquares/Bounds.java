package dev.ravine.optim.leastsquares;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A box for the parameters. */
final class Bounds {
    private final double[] lower;
    private final double[] upper;

    Bounds(double[] lower, double[] upper) {
        if (lower.length != upper.length) {
            throw new IllegalArgumentException("bounds need one lower and one upper number for each parameter, found "
                    + lower.length + " lower and " + upper.length + " upper ones");
        }
        for (int i = 0; i < lower.length; i++) {
            if (!(lower[i] < upper[i])) {
                throw new IllegalArgumentException("the lower bound of parameter " + i
                        + " must be below its upper bound, found " + lower[i] + " and " + upper[i]
                        + "; to hold a parameter, leave it out of the function's parameters");
            }
        }
        this.lower = lower.clone();
        this.upper = upper.clone();
    }

    /** Gives an infinite scale to each parameter that the gradient presses against its bound. */
    void hold(INDArray theta, INDArray gradient, double[] scales) {
        double[] x = Arena.toDoubles(theta);
        requireInside(x);
        double[] g = Arena.toDoubles(gradient);
        for (int i = 0; i < x.length; i++) {
            if (isPressed(x[i], g[i], i)) {
                scales[i] = Double.POSITIVE_INFINITY;
            }
        }
    }

    /** Clears the elements of a gradient that press a parameter against its bound. */
    void project(INDArray theta, INDArray gradient) {
        double[] x = Arena.toDoubles(theta);
        double[] g = Arena.toDoubles(gradient);
        Elements to = Elements.of(gradient);
        for (int i = 0; i < x.length; i++) {
            if (isPressed(x[i], g[i], i)) {
                to.set(i, 0);
            }
        }
    }

    /** Cuts a step off at the bounds; returns whether anything was cut off. */
    boolean cut(INDArray theta, INDArray step) {
        DType dtype = DType.of(theta);
        double[] x = Arena.toDoubles(theta);
        double[] p = Arena.toDoubles(step);
        Elements to = Elements.of(step);
        boolean isCut = false;
        for (int i = 0; i < x.length; i++) {
            double end = Math.min(Math.max(rounded(x[i] + p[i], dtype), lower[i]), upper[i]);
            if (end != rounded(x[i] + p[i], dtype)) {
                to.set(i, within(i, x[i], end, dtype));
                isCut = true;
            }
        }
        return isCut;
    }

    /** The way from x to a bound, a little shorter if rounding would make it end outside. */
    private double within(int i, double x, double bound, DType dtype) {
        double way = rounded(bound - x, dtype);
        while (rounded(x + way, dtype) < lower[i] || rounded(x + way, dtype) > upper[i]) {
            way = dtype == DType.FLOAT32 ? Math.nextAfter((float) way, 0) : Math.nextAfter(way, 0);
        }
        return way;
    }

    private static double rounded(double x, DType dtype) {
        return dtype == DType.FLOAT32 ? (float) x : x;
    }

    private boolean isPressed(double x, double slope, int i) {
        return (x <= lower[i] && slope > 0) || (x >= upper[i] && slope < 0);
    }

    private void requireInside(double[] x) {
        if (x.length != lower.length) {
            throw new IllegalArgumentException(
                    "there are bounds for " + lower.length + " parameters, but the objective has " + x.length);
        }
        for (int i = 0; i < x.length; i++) {
            if (!(x[i] >= lower[i] && x[i] <= upper[i])) {
                throw new IllegalArgumentException("parameter " + i + " is " + x[i] + ", outside of its bounds "
                        + lower[i] + " and " + upper[i] + "; begin at a point within all bounds");
            }
        }
    }

    /** For settings: the numbers. */
    @Override
    public String toString() {
        return Arrays.toString(lower) + " to " + Arrays.toString(upper);
    }
}
