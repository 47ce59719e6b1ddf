package dev.ravine.optim;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.DenseMatrix;
import dev.ravine.optim.objective.Objective;
import dev.ravine.optim.objective.Scope;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells whether a gradient is zero up to rounding: whether each of its elements is within a multiple of its own noise.
 * No point nearby is then known to be better. This needs no model, and it does not depend on the units of function and
 * parameters. At a kink, or where steps were held back, the gradient is no noise and fails the test.
 *
 * <p>The noise comes from fourth differences of gradients at equally spaced points close by, where all that is smooth
 * cancels (Hamming; Moré and Wild, SIAM Journal on Scientific Computing 33, 2011). Each element of the point goes up or
 * down, as chance says, in steps of epsilon^(2/3) of its size, which is far above its own rounding, so that the
 * rounding of everything that it is added to is seen too, and to one of the two floating-point numbers beside.
 */
final class RoundingFloor {
    private static final int POINTS = 12;
    private static final int ORDER = 4;

    /** Of a fourth difference, with its signs. */
    private static final double[] BINOMIALS = {1, -4, 6, -4, 1};

    /** 8! / (4!)^2: the variance of a fourth difference of independent numbers over theirs. */
    private static final double VARIANCE = 70;

    private static final double ALLOWANCE = 16;

    private RoundingFloor() {}

    /**
     * Tests a gradient. Costs twelve more.
     *
     * @param objective the function
     * @param x the point; not changed
     * @param gradient there, without the part that may not be followed; not changed
     * @param optimizer knows what may be followed
     * @return whether rounding hides it
     */
    static boolean hides(Objective objective, INDArray x, INDArray gradient, Optimizer optimizer) {
        double[] here = Arena.toDoubles(gradient);
        double[][] samples = samples(objective, x, here, optimizer);
        for (int i = 0; i < here.length; i++) {
            if (!(Math.abs(here[i]) <= ALLOWANCE * noise(samples, i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Measures how far values of the function are from the truth. Costs twelve gradients.
     *
     * @param objective the function
     * @param x the point; not changed
     * @param gradient there, without the part that may not be followed; not changed
     * @param optimizer knows what may be followed
     * @return a multiple of the standard deviation of values nearby
     */
    static double noiseOfValues(Objective objective, INDArray x, INDArray gradient, Optimizer optimizer) {
        double[] here = Arena.toDoubles(gradient);
        return ALLOWANCE * noise(samples(objective, x, here, optimizer), here.length);
    }

    /** Gradients close by, each with its value. What has no slope, such as a parameter at its bound, stays where it is. */
    private static double[][] samples(Objective objective, INDArray x, double[] here, Optimizer optimizer) {
        DType dtype = DType.of(x);
        double spacing = Math.pow(dtype == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0), 2.0 / 3);
        double[] point = Arena.toDoubles(x);
        double[] way = new double[point.length];
        Rng rng = new Rng(0);
        for (int i = 0; i < way.length; i++) {
            double length = here[i] == 0 ? 0 : spacing * point[i];
            way[i] = rng.nextBoolean() ? length : -length;
        }
        double[][] samples = new double[POINTS][];
        INDArray neighbour = Arena.create(dtype, Shape.of(point.length));
        INDArray there = Arena.create(dtype, Shape.of(point.length));
        Elements elements = Elements.of(neighbour);
        for (int k = 0; k < POINTS; k++) {
            for (int i = 0; i < point.length; i++) {
                elements.set(
                        i, way[i] == 0 ? point[i] : neighbour(point[i] + (k + 1) * way[i], rng.nextBoolean(), dtype));
            }
            double value = objective.gradient(neighbour, Scope.all(), there);
            optimizer.project(x, there);
            samples[k] = Arrays.copyOf(Arena.toDoubles(there), point.length + 1);
            samples[k][point.length] = value;
        }
        return samples;
    }

    private static double neighbour(double value, boolean up, DType dtype) {
        if (dtype == DType.FLOAT32) {
            return up ? Math.nextUp((float) value) : Math.nextDown((float) value);
        }
        return up ? Math.nextUp(value) : Math.nextDown(value);
    }

    /**
     * The standard deviation of an element's noise. Differences are taken in the unit of the samples, where none
     * overflows.
     */
    private static double noise(double[][] samples, int i) {
        double largest = 0;
        for (double[] sample : samples) {
            largest = Math.max(largest, Math.abs(sample[i]));
        }
        int unit = Math.getExponent(largest);
        double[] differences = new double[POINTS - ORDER];
        for (int k = 0; k < differences.length; k++) {
            for (int j = 0; j <= ORDER; j++) {
                differences[k] += BINOMIALS[j] * Math.scalb(samples[k + j][i], -unit);
            }
        }
        double noise = DenseMatrix.norm(differences) / Math.sqrt(differences.length * VARIANCE);
        return Double.isFinite(noise) ? Math.scalb(noise, unit) : 0;
    }
}
