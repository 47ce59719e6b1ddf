package dev.ravine.optim.kronecker;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operators written out. */
final class Dense {
    private Dense() {}

    static double[][] of(LinearOperator a) {
        int n = (int) a.size();
        double[][] columns = new double[n][];
        INDArray unit = Arena.create(DType.FLOAT64, Shape.of(n));
        INDArray out = Arena.create(DType.FLOAT64, Shape.of(n));
        Elements ones = Elements.of(unit);
        for (int i = 0; i < n; i++) {
            ones.set(i, 1);
            a.apply(unit, out);
            ones.set(i, 0);
            columns[i] = Arena.toDoubles(out);
        }
        return columns;
    }

    static double[][] curvature(SupervisedObjective objective, Curvature curvature) {
        try (Linearization linearization = objective.linearize(objective.theta(), Scope.all())) {
            return of(LinearOperator.of(linearization, curvature));
        }
    }

    static INDArray vector(int n, long seed) {
        Rng rng = new Rng(seed);
        INDArray v = Arena.create(DType.FLOAT64, Shape.of(n));
        Elements elements = Elements.of(v);
        for (int i = 0; i < n; i++) {
            elements.set(i, rng.nextGaussian());
        }
        return v;
    }

    static INDArray matrix(int rows, int columns, long seed) {
        return vector(rows * columns, seed).reshape(rows, columns);
    }

    /** The block of some rows and the same columns. */
    static double[][] part(double[][] whole, int from, int to) {
        double[][] part = new double[to - from][];
        for (int i = from; i < to; i++) {
            part[i - from] = Arrays.copyOfRange(whole[i], from, to);
        }
        return part;
    }

    /** The largest difference within blocks, over the largest element. */
    static double difference(double[][] a, double[][] b, int... ends) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                if (block(i, ends) == block(j, ends)) {
                    largest = Math.max(largest, Math.abs(b[i][j]));
                    difference = Math.max(difference, Math.abs(a[i][j] - b[i][j]));
                }
            }
        }
        return difference / largest;
    }

    private static int block(int i, int... ends) {
        int block = 0;
        while (i >= ends[block]) {
            block++;
        }
        return block;
    }
}
