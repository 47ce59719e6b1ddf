package dev.ravine.optim.newton;

import dev.ravine.core.Elements;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A lower and an upper bound for each parameter; infinite where there is none. */
final class Box {
    private final double[] lower;
    private final double[] upper;

    /**
     * Copies and checks bounds.
     *
     * @throws IllegalArgumentException if there are not as many lower as upper ones, or a lower one is not at most the
     *     upper one
     */
    Box(double[] lower, double[] upper) {
        if (lower.length != upper.length) {
            throw new IllegalArgumentException(
                    "expected as many lower as upper bounds, found " + lower.length + " and " + upper.length);
        }
        for (int i = 0; i < lower.length; i++) {
            boolean isEmpty = lower[i] == Double.POSITIVE_INFINITY || upper[i] == Double.NEGATIVE_INFINITY;
            if (!(lower[i] <= upper[i]) || isEmpty) {
                throw new IllegalArgumentException("a lower bound must not be above the upper one; found " + lower[i]
                        + " and " + upper[i] + " for parameter " + i);
            }
        }
        this.lower = lower.clone();
        this.upper = upper.clone();
    }

    double lower(int i) {
        return lower[i];
    }

    double upper(int i) {
        return upper[i];
    }

    double clip(int i, double value) {
        return Math.min(Math.max(value, lower[i]), upper[i]);
    }

    boolean isFree(int i, double value) {
        return lower[i] < value && value < upper[i];
    }

    /**
     * Refuses points outside.
     *
     * @throws IllegalArgumentException if the point has another length, or an element is out of its bounds
     */
    void require(INDArray theta) {
        if (theta.length() != lower.length) {
            throw new IllegalArgumentException("the bounds are for " + lower.length + " parameters, but theta has "
                    + theta.length() + "; give one lower and one upper bound for each");
        }
        Elements x = Elements.of(theta);
        for (int i = 0; i < lower.length; i++) {
            if (!(x.get(i) >= lower[i] && x.get(i) <= upper[i])) {
                throw new IllegalArgumentException("parameter " + i + " is " + x.get(i) + ", out of its bounds from "
                        + lower[i] + " to " + upper[i] + "; begin within the bounds");
            }
        }
    }

    /** How far the point would go along -g before a bound stops it, for each parameter, with g's sign. */
    double[] projected(double[] x, double[] g) {
        double[] projected = new double[x.length];
        Arrays.setAll(projected, i -> g[i] < 0 ? Math.max(x[i] - upper[i], g[i]) : Math.min(x[i] - lower[i], g[i]));
        return projected;
    }
}
