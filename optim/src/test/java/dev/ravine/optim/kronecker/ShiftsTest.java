package dev.ravine.optim.kronecker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is added to the diagonals of two factors. */
class ShiftsTest {
    private static final double GAMMA = 0.3;

    private static INDArray diagonal(double... values) {
        int n = values.length;
        double[] square = new double[n * n];
        for (int i = 0; i < n; i++) {
            square[i * n + i] = values[i];
        }
        INDArray a = Arena.create(DType.FLOAT64, Shape.of(n, n));
        for (int i = 0; i < n * n; i++) {
            Elements.of(a).set(i, square[i]);
        }
        return a;
    }

    @Test
    void bothFactorsGainTheSamePartOfTheirMeanDiagonal() {
        INDArray a = diagonal(3, 5, 7);
        INDArray g = diagonal(0.1, 0.3);
        Shifts shifts = Shifts.of(a, g, GAMMA, FactorDamping.TRACE);
        assertThat(shifts.left() / 5).isCloseTo(shifts.right() / 0.2, within(1e-15));
        assertThat(shifts.left() * shifts.right()).isCloseTo(GAMMA * GAMMA, within(1e-15));
        Shifts byNorm = Shifts.of(a, g, GAMMA, FactorDamping.NORM);
        assertThat(byNorm.left() / Math.sqrt(83 / 3.0)).isCloseTo(byNorm.right() / Math.sqrt(0.05), within(1e-15));
        assertThat(byNorm.left()).isNotCloseTo(shifts.left(), within(1e-4));
    }

    @ParameterizedTest
    @EnumSource(names = {"TRACE", "NORM"})
    void aFactorOfOneElementTakesNone(FactorDamping damping) {
        assertThat(Shifts.of(diagonal(2), diagonal(0.1, 0.3), GAMMA, damping))
                .isEqualTo(new Shifts(0, GAMMA * GAMMA / 2));
        assertThat(Shifts.of(diagonal(0.1, 0.3), diagonal(2), GAMMA, damping))
                .isEqualTo(new Shifts(GAMMA * GAMMA / 2, 0));
        assertThat(Shifts.of(diagonal(0, 0), diagonal(2, 1), GAMMA, damping)).isEqualTo(new Shifts(GAMMA, GAMMA));
    }
}
