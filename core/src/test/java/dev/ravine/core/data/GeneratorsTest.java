package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import org.junit.jupiter.api.Test;

class GeneratorsTest {
    @Test
    void moonsWithoutNoiseLieOnTwoHalfCircles() {
        DataSet moons = Generators.twoMoons(201, 0, 3);
        double[] xy = Arena.toDoubles(moons.features());
        double[] labels = Arena.toDoubles(moons.targets());
        for (int i = 0; i < moons.size(); i++) {
            double x = xy[2 * i];
            double y = xy[2 * i + 1];
            assertThat(labels[i]).isEqualTo(i % 2);
            if (labels[i] == 0) {
                assertThat(Math.hypot(x, y)).isCloseTo(1, within(1e-12));
                assertThat(y).isGreaterThanOrEqualTo(0);
            } else {
                assertThat(Math.hypot(x - 1, y - 0.5)).isCloseTo(1, within(1e-12));
                assertThat(y).isLessThanOrEqualTo(0.5);
            }
        }
        assertThat(moons.classes()).isEqualTo(2);
        assertThat(moons.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(moons.featureShape()).isEqualTo(Shape.of(2));
    }

    @Test
    void spiralsWithoutNoiseAreTurnedCopiesOfOneArm() {
        int arms = 3;
        DataSet spirals = Generators.spirals(300, arms, 0, 3);
        double[] xy = Arena.toDoubles(spirals.features());
        for (int i = 0; i < spirals.size(); i++) {
            double radius = Math.hypot(xy[2 * i], xy[2 * i + 1]);
            double angle = Math.atan2(xy[2 * i + 1], xy[2 * i]);
            double turned = angle / (2 * Math.PI) - radius - (double) (i % arms) / arms;
            assertThat(turned - Math.rint(turned)).isCloseTo(0, within(1e-12));
            assertThat(radius).isLessThan(1);
        }
        assertThat(spirals.classes()).isEqualTo(arms);
    }

    @Test
    void friedmansFunctionIsThatOfThePaper() {
        DataSet data = Generators.friedman(50, 0, 4);
        double[] x = Arena.toDoubles(data.features());
        double[] y = Arena.toDoubles(data.targets());
        assertThat(data.featureShape()).isEqualTo(Shape.of(10));
        assertThat(data.targetShape()).isEqualTo(Shape.of(1));
        for (int i = 0; i < 50; i++) {
            int at = 10 * i;
            double bump = 2 * x[at + 2] - 1;
            assertThat(y[i])
                    .isCloseTo(
                            10 * Math.sin(Math.PI * x[at] * x[at + 1])
                                    + 5 * bump * bump
                                    + 10 * x[at + 3]
                                    + 5 * x[at + 4],
                            within(1e-12));
        }
        double[] noisy = Arena.toDoubles(Generators.friedman(20_000, 2, 4).targets());
        double[] clean = Arena.toDoubles(Generators.friedman(20_000, 0, 4).targets());
        double squares = 0;
        for (int i = 0; i < noisy.length; i++) {
            squares += (noisy[i] - clean[i]) * (noisy[i] - clean[i]);
        }
        assertThat(Math.sqrt(squares / noisy.length)).isCloseTo(2, within(0.04));
        assertThatThrownBy(() -> Generators.friedman(0, 1, 1)).hasMessageContaining("at least 1 point");
    }

    @Test
    void noiseHasTheGivenDeviation() {
        int n = 20_000;
        double[] clean = Arena.toDoubles(Generators.spirals(n, 2, 0, 3).features());
        double[] noisy = Arena.toDoubles(Generators.spirals(n, 2, 0.25, 3).features());
        double squares = 0;
        for (int i = 0; i < clean.length; i++) {
            squares += (noisy[i] - clean[i]) * (noisy[i] - clean[i]);
        }
        assertThat(Math.sqrt(squares / clean.length)).isCloseTo(0.25, within(0.005));
    }

    @Test
    void theSameSeedGivesTheSamePoints() {
        double[] first = Arena.toDoubles(Generators.twoMoons(50, 0.1, 3).features());
        assertThat(Arena.toDoubles(Generators.twoMoons(50, 0.1, 3).features())).isEqualTo(first);
        assertThat(Arena.toDoubles(Generators.twoMoons(50, 0.1, 4).features())).isNotEqualTo(first);
    }

    @Test
    void argumentsAreChecked() {
        assertThatThrownBy(() -> Generators.twoMoons(0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Generators.twoMoons(5, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Generators.twoMoons(5, Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Generators.spirals(5, 1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
