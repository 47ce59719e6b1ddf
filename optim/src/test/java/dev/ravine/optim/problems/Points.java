package dev.ravine.optim.problems;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.LinearOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Vectors and dense matrices for tests, and what tests ask of them. */
public final class Points {
    private Points() {}

    public static INDArray vector(double... values) {
        return Arena.of(DType.FLOAT64, Shape.of(values.length), values);
    }

    public static INDArray random(DType dtype, long size, long seed) {
        return random(dtype, seed, Shape.of(size));
    }

    public static INDArray random(DType dtype, long seed, Shape shape) {
        INDArray x = Arena.create(dtype, shape);
        Rng rng = new Rng(seed);
        Elements out = Elements.of(x);
        for (int i = 0; i < out.size(); i++) {
            out.set(i, rng.nextGaussian());
        }
        return x;
    }

    public static INDArray zeros(INDArray like) {
        return Arena.create(DType.of(like), Shape.of(like.length()));
    }

    /** A dense n x n matrix as an operator, multiplied by a plain loop. */
    public static LinearOperator dense(double[] matrix, LinearOperator.Property... properties) {
        int n = (int) Math.round(Math.sqrt(matrix.length));
        return LinearOperator.of(
                n,
                (v, out) -> {
                    Elements x = Elements.of(v);
                    Elements y = Elements.of(out);
                    for (int i = 0; i < n; i++) {
                        double sum = 0;
                        for (int j = 0; j < n; j++) {
                            sum += matrix[i * n + j] * x.get(j);
                        }
                        y.set(i, sum);
                    }
                },
                properties);
    }

    public static double[] apply(LinearOperator a, INDArray v) {
        INDArray out = zeros(v);
        a.apply(v, out);
        return Arena.toDoubles(out);
    }

    /** ||x - y|| / ||y||. */
    public static double relativeDistance(double[] x, double[] y) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < y.length; i++) {
            difference += (x[i] - y[i]) * (x[i] - y[i]);
            size += y[i] * y[i];
        }
        return x.length == y.length ? Math.sqrt(difference / size) : Double.NaN;
    }

    /** How many arrays some work makes: ND4J numbers all arrays, and two that are made around the work show the rest. */
    public static long arraysMadeBy(Runnable work) {
        long before = Arena.create(DType.FLOAT32, Shape.of(1)).getId();
        work.run();
        return Arena.create(DType.FLOAT32, Shape.of(1)).getId() - before - 1;
    }
}
