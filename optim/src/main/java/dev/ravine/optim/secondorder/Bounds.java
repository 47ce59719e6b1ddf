package dev.ravine.optim.secondorder;

import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.ShapeException;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A lower and an upper bound for each parameter; infinite where there is none. */
public final class Bounds {
    private final double[] lower;
    private final double[] upper;
    private final boolean isSingle;

    /**
     * Copies and checks bounds.
     *
     * @param lower one for each parameter; minus infinity where there is none
     * @param upper one for each parameter, not below the lower one; infinity where there is none
     * @throws IllegalArgumentException if there are not as many lower as upper ones, or a lower one is not at most the
     *     upper one
     */
    public Bounds(double[] lower, double[] upper) {
        this(lower.clone(), upper.clone(), false);
        if (lower.length != upper.length) {
            throw new IllegalArgumentException(
                    "expected as many lower as upper bounds, found " + lower.length + " lower and " + upper.length
                            + " upper ones; give both for each parameter, infinite where there is none");
        }
        for (int i = 0; i < lower.length; i++) {
            boolean isEmpty = lower[i] == Double.POSITIVE_INFINITY || upper[i] == Double.NEGATIVE_INFINITY;
            if (!(lower[i] <= upper[i]) || isEmpty) {
                throw new IllegalArgumentException("a lower bound must not be above the upper one; found " + lower[i]
                        + " and " + upper[i] + " for parameter " + i);
            }
        }
    }

    private Bounds(double[] lower, double[] upper, boolean isSingle) {
        this.lower = lower;
        this.upper = upper;
        this.isSingle = isSingle;
    }

    /**
     * {@return the same bounds, as far inside as the numbers of a dtype require}
     *
     * @param dtype of the parameters
     */
    public Bounds as(DType dtype) {
        if (dtype != DType.FLOAT32) {
            return this;
        }
        double[] low = Arrays.stream(lower)
                .map(v -> (float) v >= v ? (float) v : Math.nextUp((float) v))
                .toArray();
        double[] high = Arrays.stream(upper)
                .map(v -> (float) v <= v ? (float) v : Math.nextDown((float) v))
                .toArray();
        return new Bounds(low, high, true);
    }

    /**
     * {@return the same bounds of parameters that are divided by a unit; infinite where they are beyond the range of
     * numbers then}
     *
     * @param unit a power of two
     */
    public Bounds over(double unit) {
        return unit == 1
                ? this
                : new Bounds(
                        Arrays.stream(lower).map(v -> v / unit).toArray(),
                        Arrays.stream(upper).map(v -> v / unit).toArray(),
                        isSingle);
    }

    /**
     * {@return the lower bound of a parameter}
     *
     * @param i its index
     * @throws IndexOutOfBoundsException if there is no such parameter
     */
    public double lower(int i) {
        return lower[required(i)];
    }

    /**
     * {@return the upper bound of a parameter}
     *
     * @param i its index
     * @throws IndexOutOfBoundsException if there is no such parameter
     */
    public double upper(int i) {
        return upper[required(i)];
    }

    /**
     * {@return the number within the bounds that is closest to a value}
     *
     * @param i the parameter
     * @param value any
     * @throws IndexOutOfBoundsException if there is no such parameter
     */
    public double clip(int i, double value) {
        return Math.min(Math.max(value, lower[required(i)]), upper[i]);
    }

    /**
     * {@return whether a value is between the bounds, and on none}
     *
     * @param i the parameter
     * @param value any
     * @throws IndexOutOfBoundsException if there is no such parameter
     */
    public boolean isFree(int i, double value) {
        return lower[required(i)] < value && value < upper[i];
    }

    /**
     * Refuses points outside.
     *
     * @param theta the point
     * @throws IllegalArgumentException if the point has another length, or an element is out of its bounds
     */
    public void require(INDArray theta) {
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

    /**
     * {@return a change that does not lead out of the bounds when it is added, also not by rounding; not a number if
     * the given one is not}
     *
     * @param i the parameter
     * @param value where it is, within the bounds
     * @param change that would be added
     * @throws IndexOutOfBoundsException if there is no such parameter
     */
    public double shortened(int i, double value, double change) {
        // What is far beyond a bound is not shortened digit by digit.
        double shorter = Math.min(Math.max(change, lower[required(i)] - value), upper[i] - value);
        while (shorter != 0 && !Double.isNaN(shorter) && clip(i, sum(value, shorter)) != sum(value, shorter)) {
            shorter = isSingle ? Math.nextAfter((float) shorter, 0) : Math.nextAfter(shorter, 0);
        }
        return shorter;
    }

    private int required(int i) {
        if (i < 0 || i >= lower.length) {
            throw new IndexOutOfBoundsException(
                    "the bounds are for parameters 0 to " + (lower.length - 1) + ", found parameter " + i);
        }
        return i;
    }

    private void requireEach(String what, double... of) {
        if (of.length != lower.length) {
            throw new ShapeException("the bounds are for " + lower.length + " parameters, found " + of.length + " "
                    + what + "; give one for each parameter");
        }
    }

    private double sum(double a, double b) {
        return isSingle ? (float) (a + b) : a + b;
    }

    /**
     * {@return the largest rate, at least 1, at which a direction surely stays within the bounds, if it does so at rate
     * 1}
     *
     * @param x the point
     * @param direction from there
     * @throws ShapeException if one of them has another length than the bounds
     */
    public double largestRate(double[] x, double[] direction) {
        requireEach("coordinates", x);
        requireEach("elements of the direction", direction);
        double largest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < x.length; i++) {
            if (direction[i] != 0) {
                double way = direction[i] > 0 ? upper[i] - x[i] : lower[i] - x[i];
                largest = Math.min(largest, way / direction[i]);
            }
        }
        return Math.max(1, largest * (1 - 8 * (isSingle ? Math.ulp(1f) : Math.ulp(1.0))));
    }

    /**
     * {@return how far each parameter would go along -g before a bound stops it, with g's sign}
     *
     * @param x the point
     * @param g the gradient
     * @throws ShapeException if one of them has another length than the bounds
     */
    public double[] projected(double[] x, double[] g) {
        requireEach("coordinates", x);
        requireEach("elements of the gradient", g);
        double[] projected = new double[x.length];
        Arrays.setAll(projected, i -> g[i] < 0 ? Math.max(x[i] - upper[i], g[i]) : Math.min(x[i] - lower[i], g[i]));
        return projected;
    }

    /**
     * {@return whether descent presses a parameter against a bound}
     *
     * @param i the parameter
     * @param value where it is
     * @param slope the gradient's element
     * @throws IndexOutOfBoundsException if there is no such parameter
     */
    public boolean isPressed(int i, double value, double slope) {
        return (value <= lower[required(i)] && slope > 0) || (value >= upper[i] && slope < 0);
    }

    /** The numbers, by which a run that goes on knows them. */
    @Override
    public String toString() {
        return Arrays.toString(lower) + " to " + Arrays.toString(upper);
    }
}
