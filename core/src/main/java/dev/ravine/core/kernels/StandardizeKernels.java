package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers shifted and scaled to mean 0 and variance 1 along the last axis. Mean and variance are computed in double
 * precision in two passes, so nothing cancels. A row whose squares overflow or underflow is scaled by a power of 2
 * first.
 */
public final class StandardizeKernels {
    /** The squares of smaller deviations may have underflowed. */
    private static final double SMALL = 0x1p-480;

    private StandardizeKernels() {}

    /**
     * {@return the kernel y = (x - mean) / sqrt(variance + epsilon) along the last axis} y may be x.
     *
     * @param x input, of rank 1 or more
     * @param epsilon added to the variance, at least 0
     * @param y result, of the shape of x
     */
    public static Kernel standardize(INDArray x, double epsilon, INDArray y) {
        Fit.rank("standardize", "the input", x, 1);
        Fit.counts("standardize", x, y);
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        int width = (int) x.size(-1);
        double[] row = new double[width];
        Kernel standardize = () -> {
            for (int at = 0; at < from.size(); at += width) {
                from.read(at, width, row);
                double scale = 1;
                double mean = mean(row, scale);
                double deviation = Math.sqrt(variance(row, scale, mean) + epsilon);
                if (isLost(deviation)) {
                    scale = scale(row);
                    mean = mean(row, scale);
                    deviation = deviation(variance(row, scale, mean), epsilon, scale) * scale;
                }
                for (int i = 0; i < width; i++) {
                    row[i] = (row[i] * scale - mean) / deviation;
                }
                to.write(at, width, row);
            }
        };
        return HeldKernel.ifLarge(standardize, x, y);
    }

    /**
     * {@return the kernel y = sqrt(variance + epsilon) of x along the last axis}
     *
     * @param x input, of rank 1 or more
     * @param epsilon added to the variance, at least 0
     * @param y result, with as many elements as the other axes have
     */
    public static Kernel deviation(INDArray x, double epsilon, INDArray y) {
        Fit.rank("the deviation", "the input", x, 1);
        Fit.count(
                "the deviation of " + Shape.of(x),
                "the result",
                y,
                Shape.of(x).dropping(x.rank() - 1).count());
        if (x.isEmpty()) {
            return LayoutKernels.fill(y, Double.NaN);
        }
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        double[] row = new double[(int) x.size(-1)];
        Kernel deviations = () -> {
            for (int i = 0; i < to.size(); i++) {
                from.read(i * row.length, row.length, row);
                double deviation = Math.sqrt(variance(row, 1, mean(row, 1)) + epsilon);
                if (isLost(deviation)) {
                    double scale = scale(row);
                    deviation = deviation(variance(row, scale, mean(row, scale)), epsilon, scale);
                }
                to.set(i, deviation);
            }
        };
        return HeldKernel.ifLarge(deviations, x, y);
    }

    private static boolean isLost(double deviation) {
        return deviation < SMALL || !Double.isFinite(deviation);
    }

    /** A power of 2 that brings the largest number of a row close to 1. */
    private static double scale(double[] row) {
        double largest = 0;
        for (double number : row) {
            largest = Math.max(largest, Math.abs(number));
        }
        return largest > 0 && Double.isFinite(largest) ? Math.scalb(1.0, -Math.getExponent(largest)) : 1;
    }

    /** The deviation of the numbers themselves, given the variance of the scaled ones. */
    private static double deviation(double variance, double epsilon, double scale) {
        return Math.hypot(Math.sqrt(variance) / scale, Math.sqrt(epsilon));
    }

    /** Measured from the first number, so that the mean of equal numbers is that number. */
    private static double mean(double[] row, double scale) {
        double origin = row[0] * scale;
        double sum = 0;
        for (double number : row) {
            sum += number * scale - origin;
        }
        return origin + sum / row.length;
    }

    private static double variance(double[] row, double scale, double mean) {
        double sum = 0;
        for (double number : row) {
            double deviation = number * scale - mean;
            sum += deviation * deviation;
        }
        return sum / row.length;
    }
}
