package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class QuadraticTest {
    private static final double[] SPECTRUM = {-2, 0, 0.5, 3, 100};
    private static final int N = SPECTRUM.length;

    private final Quadratic quadratic = Quadratic.withSpectrum(SPECTRUM, 11);
    private final double[] a = Arena.toDoubles(quadratic.matrix());
    private final double[] q = Arena.toDoubles(quadratic.eigenvectors());

    @Test
    void eachEigenvectorIsStretchedByItsEigenvalue() {
        for (int j = 0; j < N; j++) {
            for (int i = 0; i < N; i++) {
                double product = 0;
                for (int k = 0; k < N; k++) {
                    product += a[i * N + k] * q[k * N + j];
                }
                assertThat(product).isCloseTo(SPECTRUM[j] * q[i * N + j], within(1e-12));
            }
        }
    }

    @Test
    void eigenvectorsAreOrthonormal() {
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                double dot = 0;
                for (int k = 0; k < N; k++) {
                    dot += q[k * N + i] * q[k * N + j];
                }
                assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-14));
            }
        }
    }

    @Test
    void theMatrixIsSymmetricWithTheTraceOfItsSpectrum() {
        double trace = 0;
        for (int i = 0; i < N; i++) {
            trace += a[i * N + i];
            for (int j = 0; j < N; j++) {
                assertThat(a[i * N + j]).isEqualTo(a[j * N + i]);
            }
        }
        assertThat(trace).isCloseTo(Arrays.stream(SPECTRUM).sum(), within(1e-12));
    }

    @Test
    void theGradientVanishesAtTheMinimizer() {
        assertThat(Vectors.norm(quadratic.gradient(quadratic.minimizer()))).isZero();
        assertThat(Vectors.norm(quadratic.minimizer())).isGreaterThan(0.1);
    }

    @Test
    void theGradientIsThatOfTheValue() {
        Rng rng = new Rng(5);
        double[] x = new double[N];
        Arrays.setAll(x, i -> rng.nextGaussian());
        double[] gradient = Arena.toDoubles(quadratic.gradient(point(x)));
        for (int i = 0; i < N; i++) {
            double[] up = x.clone();
            double[] down = x.clone();
            up[i] += 1e-3;
            down[i] -= 1e-3;
            // Central differences are exact for quadratics but for rounding.
            double difference = (quadratic.value(point(up)) - quadratic.value(point(down))) / 2e-3;
            assertThat(difference).isCloseTo(gradient[i], within(1e-9));
        }
    }

    @Test
    void noPointIsBelowTheMinimizerOfAPositiveSpectrum() {
        Quadratic convex = Quadratic.withSpectrum(Quadratic.logSpectrum(20, 1e4), 3);
        double least = convex.value(convex.minimizer());
        Rng rng = new Rng(5);
        for (int round = 0; round < 20; round++) {
            double[] x = Arena.toDoubles(convex.minimizer());
            double squares = 0;
            for (int i = 0; i < x.length; i++) {
                double step = rng.nextGaussian();
                x[i] += step;
                squares += step * step;
            }
            // The Rayleigh quotient lies inside of the spectrum.
            double excess = convex.value(point(x)) - least;
            assertThat(excess / squares * 2).isBetween(1 - 1e-9, 1e4 + 1e-6);
        }
    }

    @Test
    void logSpectraAreEvenlySpaced() {
        assertThat(Quadratic.logSpectrum(3, 100)).containsExactly(new double[] {1, 10, 100}, within(1e-12));
        assertThat(Quadratic.logSpectrum(1, 100)).containsExactly(1);
        assertThat(Quadratic.logSpectrum(2, 1)).containsExactly(1, 1);
        assertThatThrownBy(() -> Quadratic.logSpectrum(0, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Quadratic.logSpectrum(2, 0.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theSameSeedGivesTheSameQuadratic() {
        assertThat(Arena.toDoubles(Quadratic.withSpectrum(SPECTRUM, 11).matrix()))
                .isEqualTo(a);
        assertThat(Arena.toDoubles(Quadratic.withSpectrum(SPECTRUM, 12).matrix()))
                .isNotEqualTo(a);
    }

    @Test
    void pointsAreChecked() {
        assertThatThrownBy(() -> quadratic.value(Arena.create(DType.FLOAT64, Shape.of(N + 1))))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> quadratic.gradient(Arena.create(DType.FLOAT32, Shape.of(N))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("FLOAT64 [5]");
        assertThatThrownBy(() -> Quadratic.withSpectrum(new double[0], 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static INDArray point(double... x) {
        return Arena.of(DType.FLOAT64, Shape.of(x.length), x);
    }
}
