package dev.ravine.core.data;

import dev.ravine.core.Arena;
import dev.ravine.core.Check;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;

/**
 * Synthetic data in double precision: labelled points in the plane that no linear model separates, and a regression.
 * Example i belongs to class i mod (number of classes). All examples are drawn independently, so any range of rows is a
 * fair sample.
 */
public final class Generators {
    /** The most numbers of a point. */
    private static final int WIDEST = 10;

    private Generators() {}

    /**
     * Two interleaved half circles of radius 1: class 0 is (cos t, sin t), class 1 is (1 - cos t, 1/2 - sin t), with t
     * uniform in [0, pi).
     *
     * @param n the number of points, at least 1
     * @param noise standard deviation of the Gaussian noise added to each coordinate
     * @param seed the same seed gives the same points
     * @return features [n, 2], labels 0 and 1
     * @throws IllegalArgumentException if n is less than 1 or noise is negative
     */
    public static DataSet twoMoons(int n, double noise, long seed) {
        return points(n, 2, noise, seed, (label, t) -> {
            double angle = Math.PI * t;
            return label == 0
                    ? new double[] {Math.cos(angle), Math.sin(angle)}
                    : new double[] {1 - Math.cos(angle), 0.5 - Math.sin(angle)};
        });
    }

    /**
     * Arms that wind once around the origin while their radius grows from 0 to 1, rotated evenly against each other.
     * The radius of a point is uniform.
     *
     * @param n the number of points, at least 1
     * @param arms the number of arms, at least 2; each is a class
     * @param noise standard deviation of the Gaussian noise added to each coordinate
     * @param seed the same seed gives the same points
     * @return features [n, 2], labels 0 to arms - 1
     * @throws IllegalArgumentException if n is less than 1, arms less than 2 or noise negative
     */
    public static DataSet spirals(int n, int arms, double noise, long seed) {
        if (arms < 2) {
            throw new IllegalArgumentException("spirals need at least 2 arms, found " + arms);
        }
        return points(n, arms, noise, seed, (label, radius) -> {
            double angle = 2 * Math.PI * (radius + (double) label / arms);
            return new double[] {radius * Math.cos(angle), radius * Math.sin(angle)};
        });
    }

    /**
     * Friedman's first regression function (Annals of Statistics 19, 1991), y = 10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10
     * x4 + 5 x5. The ten features are uniform in [0, 1); five of them do not matter.
     *
     * @param n the number of examples, at least 1
     * @param noise standard deviation of the Gaussian noise added to y; 1 in the paper
     * @param seed the same seed gives the same examples
     * @return features [n, 10], targets [n, 1]
     * @throws IllegalArgumentException if n is less than 1 or noise is negative
     */
    public static DataSet friedman(int n, double noise, long seed) {
        requireSample(n, noise);
        int width = WIDEST;
        Rng rng = new Rng(seed);
        double[] features = new double[Check.arrayLength("numbers of points", (long) width * n, Double.BYTES)];
        double[] targets = new double[n];
        for (int i = 0; i < n; i++) {
            double[] x = new double[width];
            for (int j = 0; j < width; j++) {
                x[j] = rng.nextDouble();
            }
            System.arraycopy(x, 0, features, width * i, width);
            targets[i] = 10 * Math.sin(Math.PI * x[0] * x[1])
                    + 20 * (x[2] - 0.5) * (x[2] - 0.5)
                    + 10 * x[3]
                    + 5 * x[4]
                    + noise * rng.nextGaussian();
        }
        return DataSet.of(
                Arena.of(DType.FLOAT64, Shape.of(n, width), features),
                Arena.of(DType.FLOAT64, Shape.of(n, 1), targets));
    }

    private static void requireSample(int n, double noise) {
        if (n < 1) {
            throw new IllegalArgumentException("at least 1 point is needed, found " + n);
        }
        if (n > Integer.MAX_VALUE / WIDEST) {
            throw new IllegalArgumentException("at most " + Integer.MAX_VALUE / WIDEST
                    + " points fit into arrays, found " + n + "; make several data sets of other seeds");
        }
        if (!(noise >= 0)) {
            throw new IllegalArgumentException("noise is a standard deviation and cannot be " + noise);
        }
    }

    @FunctionalInterface
    private interface Curve {
        /** The point of a class's curve at a place in [0, 1). */
        double[] at(int label, double place);
    }

    private static DataSet points(int n, int classes, double noise, long seed, Curve curve) {
        requireSample(n, noise);
        Rng rng = new Rng(seed);
        double[] features = new double[Check.arrayLength("numbers of points", 2L * n, Double.BYTES)];
        long[] labels = new long[n];
        for (int i = 0; i < n; i++) {
            int label = i % classes;
            double[] point = curve.at(label, rng.nextDouble());
            features[2 * i] = point[0] + noise * rng.nextGaussian();
            features[2 * i + 1] = point[1] + noise * rng.nextGaussian();
            labels[i] = label;
        }
        return DataSet.of(Arena.of(DType.FLOAT64, Shape.of(n, 2), features), Arena.ofIntegers(labels));
    }
}
