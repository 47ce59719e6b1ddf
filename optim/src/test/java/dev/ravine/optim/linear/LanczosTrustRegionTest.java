package dev.ravine.optim.linear;

import static dev.ravine.optim.linear.LinearOperator.Property.SYMMETRIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.Rng;
import dev.ravine.optim.problems.Points;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LanczosTrustRegionTest {
    private static final int N = 9;

    private static double[] normal(Rng rng, int n) {
        double[] x = new double[n];
        Arrays.setAll(x, i -> rng.nextGaussian());
        return x;
    }

    /** With shift 0 about half of the eigenvalues are negative, with 20 none is. */
    private static double[] symmetric(Rng rng, double shift) {
        double[] a = normal(rng, N * N);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < i; j++) {
                a[i * N + j] = a[j * N + i];
            }
            a[i * N + i] += shift;
        }
        return a;
    }

    private static double[] exact(double[] a, double[] g, double radius) {
        try (DenseMatrix matrix = new DenseMatrix(N)) {
            for (int i = 0; i < a.length; i++) {
                matrix.set(i / N, i % N, a[i]);
            }
            return MoreSorensen.solve(matrix, g, radius).step();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 0.1, 1, 30})
    void aWholeBasisGivesTheExactMinimiser(double radius) {
        try (LanczosTrustRegion solver = new LanczosTrustRegion(N)) {
            for (int seed = 0; seed < 10; seed++) {
                Rng rng = new Rng(seed);
                double[] a = symmetric(rng, seed % 2 == 0 ? 0 : 20);
                double[] g = normal(rng, N);
                SteihaugConjugateGradient.Result found =
                        solver.solve(Points.dense(a, SYMMETRIC), Points.vector(g), radius, 1e-13);
                assertThat(Arena.toDoubles(found.step()))
                        .as("seed %d", seed)
                        .containsExactly(exact(a, g, radius), within(1e-6 * radius));
                assertThat(found.stopped() == Stop.BOUNDARY)
                        .isEqualTo(DenseMatrix.norm(exact(a, g, radius)) > 0.999 * radius);
            }
        }
    }

    /** On g = (3, 4), A = diag(1, 2) and a radius of 1, (A + lambda I) p = -g; lambda is that of |p| = 1. */
    @Test
    void aPartOfTheBasisEndsAtTheTolerance() {
        try (LanczosTrustRegion solver = new LanczosTrustRegion(2)) {
            LinearOperator a = Points.dense(new double[] {1, 0, 0, 2}, SYMMETRIC);
            INDArray g = Points.vector(3, 4);
            SteihaugConjugateGradient.Result first = solver.solve(a, g, 1, 1);
            assertThat(first.iterations()).isEqualTo(1);
            assertThat(Arena.toDoubles(first.step())).containsExactly(new double[] {-0.6, -0.8}, within(1e-8));
            SteihaugConjugateGradient.Result second = solver.solve(a, g, 1, 1e-12);
            assertThat(second.iterations()).isEqualTo(2);
            double[] p = Arena.toDoubles(second.step());
            assertThat(-3 / p[0] - 1).isCloseTo(-4 / p[1] - 2, within(1e-6));
            assertThat(Math.hypot(p[0], p[1])).isCloseTo(1, within(1e-7));
        }
    }

    @Test
    void productsThatAreNotFiniteEndIt() {
        try (LanczosTrustRegion solver = new LanczosTrustRegion(3)) {
            LinearOperator a = Points.dense(new double[] {Double.NaN, 0, 0, 1}, SYMMETRIC);
            SteihaugConjugateGradient.Result found = solver.solve(a, Points.vector(1, 1), 1, 1e-9);
            assertThat(found.stopped()).isEqualTo(Stop.NON_FINITE);
            assertThat(Arena.toDoubles(found.step())).containsExactly(0, 0);
        }
    }

    @Test
    void argumentsAreChecked() {
        LanczosTrustRegion solver = new LanczosTrustRegion(3);
        LinearOperator a = Points.dense(new double[] {1, 0, 0, 1}, SYMMETRIC);
        assertThatThrownBy(() -> solver.solve(a, Points.vector(1, 2, 3), 1, 1e-9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 elements");
        assertThatThrownBy(() -> solver.solve(a, Points.vector(1, 2), 0, 1e-9)).hasMessageContaining("radius");
        assertThatThrownBy(() -> solver.solve(a, Points.vector(0, 0), 1, 1e-9)).hasMessageContaining("gradient");
        solver.close();
        assertThatThrownBy(() -> solver.solve(a, Points.vector(1, 2), 1, 1e-9))
                .isInstanceOf(IllegalStateException.class);
    }
}
