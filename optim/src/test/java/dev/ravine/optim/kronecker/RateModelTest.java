package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The two-by-two model against Cramer's rule, and where the matrix is singular. */
class RateModelTest {
    private static final double CUTOFF = 1e-12;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void solvesTheSystem(long seed) {
        Rng rng = new Rng(seed);
        double x = 1 + rng.nextDouble();
        double y = 1e-3 * rng.nextGaussian();
        double z = 1e-5 * (1 + rng.nextDouble());
        double[][] q = {{x * x, x * y}, {x * y, y * y + z}};
        double[] b = {-rng.nextDouble(), 1e-3 * rng.nextGaussian()};
        double determinant = x * x * z;
        double rate = -(b[0] * q[1][1] - b[1] * q[0][1]) / determinant;
        double momentum = -(b[1] * q[0][0] - b[0] * q[1][0]) / determinant;
        RateModel.Best best = RateModel.minimise(q, b, CUTOFF);
        assertThat(best.rate()).isCloseTo(rate, within(1e-9 * Math.abs(rate)));
        assertThat(best.momentum()).isCloseTo(momentum, within(1e-9 * Math.max(1, Math.abs(momentum))));
        assertThat(best.change())
                .isCloseTo((b[0] * rate + b[1] * momentum) / 2, within(1e-9 * Math.abs(best.change())));
    }

    /** A last step along which the loss rises: the model would take it back. */
    @Test
    void goesBackOnlyWhereItMay() {
        double[][] forms = {{4, 1}, {1, 1}};
        INDArray gradient = Arena.of(DType.FLOAT64, Shape.of(2), -2, 1);
        List<INDArray> both =
                List.of(Arena.of(DType.FLOAT64, Shape.of(2), 1, 0), Arena.of(DType.FLOAT64, Shape.of(2), 0, 1));
        // Cramer's rule: rate = (2 + 1) / 3, momentum = (-4 - 2) / 3.
        RateModel.Best free = RateModel.over(forms, 0, gradient, both, true);
        assertThat(free.rate()).isCloseTo(1, within(1e-14));
        assertThat(free.momentum()).isCloseTo(-2, within(1e-14));
        RateModel.Best forward = RateModel.over(forms, 0, gradient, both, false);
        assertThat(forward).isEqualTo(new RateModel.Best(0.5, 0, -0.5));
    }

    @Test
    void withoutALastStepThereIsARateAlone() {
        RateModel.Best best = RateModel.minimise(new double[][] {{4, 0}, {0, 0}}, new double[] {-2, 0}, CUTOFF);
        assertThat(best).isEqualTo(new RateModel.Best(0.5, 0, -0.5));
    }

    @Test
    void parallelDirectionsShareTheStep() {
        // The second direction is three times the first: the shortest solution in scaled coordinates is half each.
        RateModel.Best best = RateModel.minimise(new double[][] {{1, 3}, {3, 9}}, new double[] {-1, -3}, CUTOFF);
        assertThat(best.rate()).isCloseTo(0.5, within(1e-14));
        assertThat(best.momentum()).isCloseTo(0.5 / 3, within(1e-14));
        assertThat(best.change()).isCloseTo(-0.5, within(1e-14));
    }

    @Test
    void aZeroModelStays() {
        RateModel.Best best = RateModel.minimise(new double[2][2], new double[2], CUTOFF);
        assertThat(best.rate()).isZero();
        assertThat(best.momentum()).isZero();
        assertThat(best.change()).isZero();
    }
}
