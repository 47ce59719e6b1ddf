package dev.ravine.core.kernels;

import dev.ravine.core.Elements;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers shifted and scaled to mean 0 and variance 1 along the last axis. Mean and variance are computed in double
 * precision in two passes, so nothing cancels. A row whose squares overflow or underflow is scaled by a power of 2 first.
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
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        int width = (int) x.size(-1);
        return () -> {
            for (int row = 0; row < from.size(); row += width) {
                double scale = 1;
                double mean = mean(from, row, width, scale);
                double deviation = Math.sqrt(variance(from, row, width, scale, mean) + epsilon);
                if (isLost(deviation)) {
                    scale = scale(from, row, width);
                    mean = mean(from, row, width, scale);
                    deviation = deviation(variance(from, row, width, scale, mean), epsilon, scale) * scale;
                }
                for (int i = row; i < row + width; i++) {
                    to.set(i, (from.get(i) * scale - mean) / deviation);
                }
            }
        };
    }

    /**
     * {@return the kernel y = sqrt(variance + epsilon) of x along the last axis}
     *
     * @param x input, of rank 1 or more
     * @param epsilon added to the variance, at least 0
     * @param y result, with as many elements as the other axes have
     */
    public static Kernel deviation(INDArray x, double epsilon, INDArray y) {
        if (x.isEmpty()) {
            return LayoutKernels.fill(y, Double.NaN);
        }
        Elements from = Elements.of(x);
        Elements to = Elements.of(y);
        int width = (int) x.size(-1);
        return () -> {
            for (int i = 0; i < to.size(); i++) {
                int row = i * width;
                double deviation = Math.sqrt(variance(from, row, width, 1, mean(from, row, width, 1)) + epsilon);
                if (isLost(deviation)) {
                    double scale = scale(from, row, width);
                    double variance = variance(from, row, width, scale, mean(from, row, width, scale));
                    deviation = deviation(variance, epsilon, scale);
                }
                to.set(i, deviation);
            }
        };
    }

    private static boolean isLost(double deviation) {
        return deviation < SMALL || !Double.isFinite(deviation);
    }

    /** A power of 2 that brings the largest number of a row close to 1. */
    private static double scale(Elements x, int from, int width) {
        double largest = 0;
        for (int i = from; i < from + width; i++) {
            largest = Math.max(largest, Math.abs(x.get(i)));
        }
        return largest > 0 && Double.isFinite(largest) ? Math.scalb(1.0, -Math.getExponent(largest)) : 1;
    }

    /** The deviation of the numbers themselves, given the variance of the scaled ones. */
    private static double deviation(double variance, double epsilon, double scale) {
        return Math.hypot(Math.sqrt(variance) / scale, Math.sqrt(epsilon));
    }

    /** Measured from the first number, so that the mean of equal numbers is that number. */
    private static double mean(Elements x, int from, int width, double scale) {
        double origin = x.get(from) * scale;
        double sum = 0;
        for (int i = from; i < from + width; i++) {
            sum += x.get(i) * scale - origin;
        }
        return origin + sum / width;
    }

    private static double variance(Elements x, int from, int width, double scale, double mean) {
        double sum = 0;
        for (int i = from; i < from + width; i++) {
            double deviation = x.get(i) * scale - mean;
            sum += deviation * deviation;
        }
        return sum / width;
    }
}
