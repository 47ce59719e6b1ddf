package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CurvesTest {
    /** The distance of each pixel's centre to 4,000 points of the curve, by its formula. */
    @ParameterizedTest
    @ValueSource(ints = {4, 28, 45})
    void intensityFollowsTheDistanceToTheCurve(int side) {
        int n = 5;
        double[] images = Arena.toDoubles(Curves.autoencoding(n, side, 11).features());
        Rng rng = new Rng(11);
        for (int i = 0; i < n; i++) {
            double[] p = rng.doubles(6).toArray();
            for (int row = 0; row < side; row++) {
                for (int column = 0; column < side; column++) {
                    double nearest = Double.POSITIVE_INFINITY;
                    for (int s = 0; s <= 4000; s++) {
                        double t = s / 4000.0;
                        double x = (1 - t) * (1 - t) * p[0] + 2 * t * (1 - t) * p[2] + t * t * p[4];
                        double y = (1 - t) * (1 - t) * p[1] + 2 * t * (1 - t) * p[3] + t * t * p[5];
                        nearest = Math.min(nearest, Math.hypot((column + 0.5) / side - x, (row + 0.5) / side - y));
                    }
                    double intensity = Math.exp(-nearest * nearest * 28 * 28 / 2);
                    assertThat(images[(i * side + row) * side + column]).isCloseTo(intensity, within(0.02));
                }
            }
        }
    }

    @Test
    void everyImageIsDifferentAndItsOwnTarget() {
        DataSet curves = Curves.autoencoding(50, 28, 3);
        assertThat(curves.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(curves.featureShape()).isEqualTo(Shape.of(784));
        assertThat(Arena.toDoubles(curves.targets())).isEqualTo(Arena.toDoubles(curves.features()));
        double[] pixels = Arena.toDoubles(curves.features());
        assertThat(pixels)
                .isEqualTo(Arena.toDoubles(Curves.autoencoding(50, 28, 3).features()));
        assertThat(pixels)
                .isNotEqualTo(Arena.toDoubles(Curves.autoencoding(50, 28, 4).features()));
        for (int i = 1; i < 50; i++) {
            double sum = 0;
            double difference = 0;
            for (int j = 0; j < 784; j++) {
                sum += pixels[784 * i + j];
                difference += Math.abs(pixels[784 * i + j] - pixels[784 * (i - 1) + j]);
            }
            assertThat(sum).isGreaterThan(2);
            assertThat(difference).isGreaterThan(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 28, at least 1 image",
        "1, 3, from 4 to 1024 pixels",
        "1, 1025, found 1025",
        "3000, 1000, more than an array holds"
    })
    void sizesOutOfRangeAreRefused(int n, int side, String message) {
        assertThatThrownBy(() -> Curves.autoencoding(n, side, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
