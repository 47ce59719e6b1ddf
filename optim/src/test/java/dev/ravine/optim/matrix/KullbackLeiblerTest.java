package dev.ravine.optim.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import dev.ravine.optim.objective.Span;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients A Z B with Gaussian Z have the covariances A A' of rows and B' B of columns, which must come out. */
class KullbackLeiblerTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 3;
    private static final int STEPS = 20_000;

    /** Triangular, so that covariances are far from diagonal. */
    private static final double[][] A = {{2, 0, 0, 0}, {1, 0.7, 0, 0}, {-0.5, 0.3, 1.2, 0}, {0.4, -0.6, 0.2, 0.5}};

    private static final double[][] B = {{1, 0.8, -0.4}, {0, 0.6, 0.9}, {0, 0, 1.5}};

    @Test
    void recoversBothCovariancesUpToScale() {
        try (Arena arena = new Arena()) {
            MatrixParameter parameter = new MatrixParameter("weight", new Span(0, ROWS * COLUMNS), 2, ROWS, COLUMNS);
            ShampooBlock.Settings settings =
                    new ShampooBlock.Settings(0, 0.999, 1e-12, 0, 10, 1, 1024, 0, Grafting.NONE, 0.999, 1e-8, true);
            ShampooRule rule = new ShampooRule(parameter, DType.FLOAT64, arena, settings);
            Rng rng = new Rng(3);
            INDArray theta = Arena.create(DType.FLOAT64, Shape.of(ROWS, COLUMNS));
            for (int t = 1; t <= STEPS; t++) {
                INDArray gradient = Arena.of(DType.FLOAT64, Shape.of(ROWS, COLUMNS), gradient(rng));
                rule.apply(new MatrixStep(theta, gradient, t, 0, 0, Workers.CALLER));
            }
            double[] left = Arena.toDoubles(rule.arrays().get("left_moment"));
            double[] right = Arena.toDoubles(rule.arrays().get("right_moment"));
            compare(left, covariance(A, false));
            compare(right, covariance(B, true));
            // Their Kronecker product has the scale of the covariance too, which moments of plain gradients have not.
            double scale = trace(covariance(A, false)) * trace(covariance(B, true));
            assertThat(trace(left) * trace(right) / scale).isCloseTo(1, within(0.1));
        }
    }

    private static double[] gradient(Rng rng) {
        double[] g = new double[ROWS * COLUMNS];
        for (int p = 0; p < ROWS; p++) {
            for (int q = 0; q < COLUMNS; q++) {
                double z = rng.nextGaussian();
                for (int i = 0; i < ROWS; i++) {
                    for (int j = 0; j < COLUMNS; j++) {
                        g[i * COLUMNS + j] += A[i][p] * z * B[q][j];
                    }
                }
            }
        }
        return g;
    }

    private static double[] covariance(double[][] factor, boolean isTransposed) {
        int n = factor.length;
        double[] covariance = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) {
                    covariance[i * n + j] += isTransposed ? factor[k][i] * factor[k][j] : factor[i][k] * factor[j][k];
                }
            }
        }
        return covariance;
    }

    /** Both with trace 1; about a thousand gradients count, so some per cent are left to chance. */
    private static void compare(double[] found, double[] expected) {
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i] / trace(found))
                    .as("element %d", i)
                    .isCloseTo(expected[i] / trace(expected), within(0.03));
        }
    }

    private static double trace(double[] matrix) {
        int n = (int) Math.sqrt(matrix.length);
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += matrix[i * n + i];
        }
        return trace;
    }
}
