package dev.ravine.optim.linear;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator.Property;
import dev.ravine.optim.problems.Points;
import dev.ravine.optim.problems.Spectrum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Solutions in units far from 1 are those in usual units, times a power of two, bit for bit. */
class UnitsTest {
    private static final Spectrum SPECTRUM = new Spectrum(4, 0.5, 1, 2, 3, 5, 8);

    private static LinearOperator matrix(int exponent) {
        double[] elements = SPECTRUM.elements();
        for (int i = 0; i < elements.length; i++) {
            elements[i] = Math.scalb(elements[i], exponent);
        }
        return Points.dense(elements, Property.SYMMETRIC);
    }

    private static INDArray gradient(int exponent) {
        INDArray g = Points.random(DType.FLOAT64, SPECTRUM.size(), 2);
        Vectors.scale(Math.scalb(1.0, exponent), g);
        return g;
    }

    private static double[] scaled(double[] x, int exponent) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = Math.scalb(x[i], exponent);
        }
        return y;
    }

    @ParameterizedTest
    @CsvSource({"600, 0", "-600, 0", "600, 600", "-600, -600", "900, 700", "-650, -950", "-900, -500"})
    void conjugateGradients(int ofGradient, int ofMatrix) {
        try (ConjugateGradient solver = new ConjugateGradient(4, StopRule.relativeResidual(1e-12), i -> i == 2)) {
            ConjugateGradient.Result usual = solver.minimise(matrix(0), gradient(0));
            double[] expected = Arena.toDoubles(usual.x());
            double[] stored = Arena.toDoubles(usual.iterates().get(0).x());
            double smallest = usual.smallestCurvature();
            ConjugateGradient.Result found = solver.minimise(matrix(ofMatrix), gradient(ofGradient));
            assertThat(Arena.toDoubles(found.x())).isEqualTo(scaled(expected, ofGradient - ofMatrix));
            assertThat(Arena.toDoubles(found.iterates().get(0).x())).isEqualTo(scaled(stored, ofGradient - ofMatrix));
            assertThat(found.stopped()).isEqualTo(usual.stopped());
            assertThat(found.residual()).isEqualTo(Math.scalb(usual.residual(), ofGradient));
            assertThat(found.smallestCurvature()).isEqualTo(Math.scalb(smallest, ofMatrix));
            assertThat(found.lastPhi()).isEqualTo(Math.scalb(usual.lastPhi(), 2 * ofGradient - ofMatrix));
        }
    }

    @ParameterizedTest
    @CsvSource({"600, 0", "-600, 0", "600, 600", "-600, -600", "500, -400", "-650, -950", "0, 500", "0, -500"})
    void steihaugsMethod(int ofGradient, int ofMatrix) {
        int ofStep = ofGradient - ofMatrix;
        for (double radius : new double[] {0.1, 0.5, 2, 100}) {
            try (SteihaugConjugateGradient solver = new SteihaugConjugateGradient(50)) {
                SteihaugConjugateGradient.Result usual = solver.solve(matrix(0), gradient(0), radius, 1e-3);
                double[] expected = Arena.toDoubles(usual.step());
                SteihaugConjugateGradient.Result found = solver.solve(
                        matrix(ofMatrix),
                        gradient(ofGradient),
                        Math.scalb(radius, ofStep),
                        Math.scalb(1e-3, ofGradient));
                assertThat(Arena.toDoubles(found.step())).isEqualTo(scaled(expected, ofStep));
                assertThat(found.stopped()).isEqualTo(usual.stopped());
                assertThat(found.smallestCurvature()).isEqualTo(Math.scalb(usual.smallestCurvature(), ofMatrix));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 0x1p-100, 0x1p100, 1e-30, Double.POSITIVE_INFINITY, Double.NaN})
    void usualSizesHaveTheUnitOne(double size) {
        assertThat(PowerOfTwo.unitOf(size)).isEqualTo(1);
    }

    @Test
    void extremeSizesHaveUnitsWithNormalInverses() {
        for (double size : new double[] {Double.MIN_VALUE, 1e-300, 1e300, Double.MAX_VALUE}) {
            double unit = PowerOfTwo.unitOf(size);
            assertThat(1 / unit).isBetween(Double.MIN_NORMAL, Double.MAX_VALUE);
            assertThat(Math.getExponent(size / unit)).isBetween(-80, 30);
        }
    }
}
