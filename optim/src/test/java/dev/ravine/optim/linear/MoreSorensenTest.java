package dev.ravine.optim.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Rng;
import dev.ravine.optim.problems.Spectrum;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The conditions that only a global minimiser within the ball satisfies, and values from the known eigenvectors. */
class MoreSorensenTest {
    private static final double[] RADII = {1e-12, 1e-6, 1e-2, 1, 30, 1e4, 1e12};

    @SuppressWarnings("ArrayRecordComponent")
    private record Case(String name, double[] values, double[] slopes, double radius, long seed) {
        @Override
        public String toString() {
            return name + ", radius " + radius;
        }
    }

    /** Eigenvalues, and the gradient's coordinates along the eigenvectors. */
    static Stream<Case> cases() {
        double[] ones = {1, 1, 1, 1, 1};
        double[] hard = {0, 0.3, -1, 2, 0.1};
        return Arrays.stream(RADII)
                .boxed()
                .flatMap(radius -> Stream.of(
                        new Case("definite", new double[] {0.1, 1, 2, 3, 4}, ones, radius, 1),
                        new Case("indefinite", new double[] {-3, -1, 0.5, 2, 10}, ones, radius, 2),
                        new Case("negative definite", new double[] {-5, -4, -3, -2, -1}, ones, radius, 3),
                        new Case("singular", new double[] {0, 1, 2, 3, 4}, ones, radius, 4),
                        new Case("singular, no slope along it", new double[] {0, 1, 2, 3, 4}, hard, radius, 5),
                        new Case("condition 1e12", new double[] {1e-6, 1e-3, 1, 1e3, 1e6}, ones, radius, 6),
                        new Case("indefinite, widely spread", new double[] {-1e-6, 1e-3, 1, 1e3, 1e6}, ones, radius, 7),
                        new Case("hard", new double[] {-2, -1, 1, 3, 5}, hard, radius, 8),
                        new Case(
                                "hard, two lowest",
                                new double[] {-2, -2, 1, 3, 5},
                                new double[] {0, 0, 1, 1, 1},
                                radius,
                                9),
                        new Case(
                                "nearly hard",
                                new double[] {-2, -1, 1, 3, 5},
                                new double[] {1e-9, .3, -1, 2, .1},
                                radius,
                                10),
                        new Case(
                                "slightly off a saddle",
                                new double[] {-2, -1, 1, 3, 5},
                                new double[] {1e-30, 0, 0, 0, 0},
                                radius,
                                17),
                        new Case("a saddle", new double[] {-2, -1, 1, 3, 5}, new double[5], radius, 11),
                        new Case("a minimum", new double[] {1, 2, 3, 4, 5}, new double[5], radius, 12),
                        new Case("zero", new double[5], ones, radius, 13),
                        new Case("zero without slope", new double[5], new double[5], radius, 14),
                        new Case(
                                "huge",
                                new double[] {-1e100, 1, 1, 1e100, 1e101},
                                new double[] {1e90, 1, 1, 1, 1},
                                radius,
                                15),
                        new Case(
                                "tiny",
                                new double[] {-1e-100, 0, 0, 0, 1e-100},
                                new double[] {1e-90, 0, 0, 0, 0},
                                radius,
                                16)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isTheGlobalMinimiser(Case c) {
        Spectrum a = new Spectrum(c.seed, c.values);
        double[] g = a.combine(c.slopes);
        try (DenseMatrix matrix = a.matrix()) {
            MoreSorensen.Result found = MoreSorensen.solve(matrix, g, c.radius);
            double[] p = found.step();
            double lambda = found.multiplier();
            double norm = DenseMatrix.norm(p);
            double size = Math.max(Math.abs(c.values[0]), Math.abs(c.values[4]));

            assertThat(lambda).isGreaterThanOrEqualTo(0);
            assertThat(norm).isLessThanOrEqualTo(c.radius * (1 + 2e-8));
            assertThat(c.values[0] + lambda).isGreaterThanOrEqualTo(-1e-14 * size);
            double[] product = matrix.product(p);
            double[] rest = new double[5];
            for (int i = 0; i < 5; i++) {
                rest[i] = product[i] + lambda * p[i] + g[i];
            }
            assertThat(DenseMatrix.norm(rest))
                    .as("(A + lambda I) p + g, %s", found)
                    .isLessThanOrEqualTo(1e-13 * ((size + lambda) * norm + DenseMatrix.norm(g)));
            if (found.stopped() == Stop.INTERIOR) {
                assertThat(lambda).isEqualTo(0);
            } else {
                assertThat(norm).isCloseTo(c.radius, within(2e-8 * c.radius));
            }
            assertThat(found.iterations()).isBetween(1, 61);

            double reference = a.model(g, reference(a, c.slopes, c.radius));
            double value = a.model(g, p);
            assertThat(value).as("%s", found).isCloseTo(reference, within(1e-7 * Math.abs(reference)));
            Rng rng = new Rng(c.seed);
            for (int i = 0; i < 200; i++) {
                double[] other = new double[5];
                for (int k = 0; k < 5; k++) {
                    other[k] = rng.nextGaussian();
                }
                double length = c.radius * Math.pow(rng.nextDouble(), 0.2) / Spectrum.norm(other);
                for (int k = 0; k < 5; k++) {
                    other[k] *= length;
                }
                assertThat(a.model(g, other)).isGreaterThanOrEqualTo(value - 1e-7 * Math.abs(value));
            }
        }
    }

    /** By bisection for what the multiplier is above the lowest possible one, in the known coordinates. */
    private static double[] reference(Spectrum a, double[] slopes, double radius) {
        double lowest = Math.max(0, -a.values[0]);
        double[] values = Arrays.stream(a.values).map(v -> v + lowest).toArray();
        double low = 0;
        double high = DenseMatrix.norm(slopes) / radius;
        for (int i = 0; i < 2000; i++) {
            double middle = low / 2 + high / 2;
            if (DenseMatrix.norm(coordinates(values, slopes, middle)) > radius) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double[] p = coordinates(values, slopes, high);
        if (a.values[0] < 0 && slopes[0] == 0) {
            double length = DenseMatrix.norm(p);
            p[0] = Math.sqrt((radius - length) * (radius + length));
        }
        return a.combine(p);
    }

    private static double[] coordinates(double[] values, double[] slopes, double shift) {
        double[] p = new double[slopes.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = slopes[i] == 0 ? 0 : -slopes[i] / (values[i] + shift);
        }
        return p;
    }

    @Test
    void tellsTheKindsApart() {
        Spectrum bowl = new Spectrum(1, 1, 2);
        Spectrum saddle = new Spectrum(1, -1, 2);
        try (DenseMatrix a = bowl.matrix();
                DenseMatrix b = saddle.matrix()) {
            MoreSorensen.Result inside = MoreSorensen.solve(a, bowl.combine(1, 1), 2);
            assertThat(inside.stopped()).isEqualTo(Stop.INTERIOR);
            assertThat(inside.iterations()).isEqualTo(1);
            assertThat(inside.multiplier()).isEqualTo(0);
            assertThat(inside.step()).containsExactly(bowl.combine(-1, -0.5), within(1e-15));
            // p'Ap / p'p = (1 + 2 / 4) / (1 + 1 / 4).
            assertThat(inside.smallestCurvature()).isCloseTo(1.5 / 1.25, within(1e-14));

            // lambda = 1: p = (-3 / 2, -6 / 3), of length 5 / 2.
            MoreSorensen.Result outside = MoreSorensen.solve(a, bowl.combine(3, 6), 2.5);
            assertThat(outside.stopped()).isEqualTo(Stop.BOUNDARY);
            assertThat(outside.multiplier()).isCloseTo(1, within(1e-7));

            MoreSorensen.Result hard = MoreSorensen.solve(b, saddle.combine(0, 3), 2);
            assertThat(hard.stopped()).isEqualTo(Stop.HARD_CASE);
            assertThat(hard.multiplier()).isCloseTo(1, within(1e-15));
            assertThat(hard.smallestCurvature()).isCloseTo(-1, within(1e-15));
            assertThat(saddle.coordinates(hard.step())[1]).isCloseTo(-1, within(1e-12));
            assertThat(Math.abs(saddle.coordinates(hard.step())[0])).isCloseTo(Math.sqrt(3), within(1e-12));
        }
    }

    @Test
    void aNearlyHardCaseGoesToTheSideWhereTheGradientDescends() {
        Spectrum saddle = new Spectrum(4, -1, 2, 3);
        try (DenseMatrix a = saddle.matrix()) {
            for (double slope : new double[] {1e-12, -1e-12, 1e-6, -1e-6}) {
                double[] p =
                        MoreSorensen.solve(a, saddle.combine(slope, 1, 1), 2).step();
                assertThat(saddle.coordinates(p)[0] * slope).isNegative();
            }
        }
    }

    @Test
    void aZeroStepHasMetNoCurvature() {
        try (DenseMatrix a = new Spectrum(5, 1, 2).matrix()) {
            MoreSorensen.Result found = MoreSorensen.solve(a, new double[2], 1);
            assertThat(DenseMatrix.norm(found.step())).isEqualTo(0);
            assertThat(found.smallestCurvature()).isEqualTo(Double.POSITIVE_INFINITY);
        }
    }

    @Test
    void theRadiusMustBePositive() {
        try (DenseMatrix a = new DenseMatrix(1)) {
            assertThatThrownBy(() -> MoreSorensen.solve(a, new double[1], 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("radius");
        }
    }
}
