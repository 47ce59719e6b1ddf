package dev.ravine.optim.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JensenShannonTest {
    /** The same weight at each eigenvalue. */
    private static SpectralDensity of(double... eigenvalues) {
        double[] weights = new double[eigenvalues.length];
        Arrays.fill(weights, 1.0 / eigenvalues.length);
        return new SpectralDensity(List.of(new SpectralDensity.Quadrature(eigenvalues, weights)));
    }

    /** The figure of scipy.spatial.distance.jensenshannon(p, q, 2) for both densities on the same grid. */
    @Test
    void theDistanceIsThatOfSciPy() {
        double[][] distances = JensenShannon.distances(List.of(of(0, 1, 2, 5), of(0, 1.5, 2), of(0, 1, 2, 5)), 0.25);
        assertThat(distances[0][1]).isCloseTo(0.4824311718229414, within(1e-12));
        assertThat(distances[1][0]).isEqualTo(distances[0][1]);
        assertThat(distances[0][2]).isZero();
        assertThat(distances[2][2]).isZero();
    }

    @Test
    void spectraThatDoNotOverlapAreOneApart() {
        assertThat(JensenShannon.distances(List.of(of(0, 1), of(-101, -100)), 0.25)[0][1])
                .isCloseTo(1, within(1e-15));
    }

    @Test
    void aFactorMovesAllEigenvalues() {
        SpectralDensity scaled = of(-1, 3).scaled(2);
        assertThat(scaled.smallest()).isEqualTo(-2);
        assertThat(scaled.largest()).isEqualTo(6);
        assertThat(JensenShannon.distances(List.of(scaled, of(-2, 6)), 0.1)[0][1])
                .isZero();
        assertThatThrownBy(() -> of(1).scaled(0)).hasMessageContaining("positive and finite");
    }

    @Test
    void aWidthThatIsTooSmallIsRefused() {
        for (double sigma : new double[] {0, -1, 1e-9, Double.NaN}) {
            assertThatThrownBy(() -> JensenShannon.distances(List.of(of(0, 1), of(0, 2)), sigma))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("sigma must be positive");
        }
    }
}
