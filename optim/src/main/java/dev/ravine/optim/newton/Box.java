package dev.ravine.optim.newton;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A lower and an upper bound for each parameter; infinite where there is none. */
final class Box {
    private final double[] lower;
    private final double[] upper;
    private final boolean isSingle;

    /**
     * Copies and checks bounds.
     *
     * @throws IllegalArgumentException if there are not as many lower as upper ones, or a lower one is not at most the
     *     upper one
     */
    Box(double[] lower, double[] upper) {
        this(lower.clone(), upper.clone(), false);
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
    }

    private Box(double[] lower, double[] upper, boolean isSingle) {
        this.lower = lower;
        this.upper = upper;
        this.isSingle = isSingle;
    }

    /** The same bounds, as far inside as the numbers of a dtype require. */
    Box as(DType dtype) {
        if (dtype != DType.FLOAT32) {
            return this;
        }
        double[] low = Arrays.stream(lower)
                .map(v -> (float) v >= v ? (float) v : Math.nextUp((float) v))
                .toArray();
        double[] high = Arrays.stream(upper)
                .map(v -> (float) v <= v ? (float) v : Math.nextDown((float) v))
                .toArray();
        return new Box(low, high, true);
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

    /** A change that does not lead out of the bounds when it is added, also if it does so by rounding. */
    double shortened(int i, double value, double change) {
        double shorter = change;
        while (shorter != 0 && clip(i, sum(value, shorter)) != sum(value, shorter)) {
            shorter = isSingle ? Math.nextAfter((float) shorter, 0) : Math.nextAfter(shorter, 0);
        }
        return shorter;
    }

    private double sum(double a, double b) {
        return isSingle ? (float) (a + b) : a + b;
    }

    /** The largest rate, at least 1, at which a direction surely stays within the bounds, if it does so at rate 1. */
    double largestRate(double[] x, double[] direction) {
        double largest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < x.length; i++) {
            if (direction[i] != 0) {
                double way = direction[i] > 0 ? upper[i] - x[i] : lower[i] - x[i];
                largest = Math.min(largest, way / direction[i]);
            }
        }
        return Math.max(1, largest * (1 - 8 * (isSingle ? Math.ulp(1f) : Math.ulp(1.0))));
    }

    /** How far the point would go along -g before a bound stops it, for each parameter, with g's sign. */
    double[] projected(double[] x, double[] g) {
        double[] projected = new double[x.length];
        Arrays.setAll(projected, i -> g[i] < 0 ? Math.max(x[i] - upper[i], g[i]) : Math.min(x[i] - lower[i], g[i]));
        return projected;
    }
}
