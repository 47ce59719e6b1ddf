package dev.ravine.optim.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SpectralDensityTest {
    private static final DType F64 = DType.FLOAT64;

    private static double integral(SpectralDensity.Curve curve, int power) {
        double[] x = curve.grid();
        double sum = 0;
        for (int i = 0; i + 1 < x.length; i++) {
            double left = Math.pow(x[i], power) * curve.density()[i];
            double right = Math.pow(x[i + 1], power) * curve.density()[i + 1];
            sum += (x[i + 1] - x[i]) * (left + right) / 2;
        }
        return sum;
    }

    /** As many steps as a block has elements find all its eigenvalues; LAPACK of the block written out decides. */
    @org.junit.jupiter.api.Test
    void nodesOfABlockAreItsEigenvalues() {
        try (SupervisedObjective objective = SmallNet.objective(F64);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            LinearOperator hessian = LinearOperator.of(at, Curvature.HESSIAN);
            for (long[] part : new long[][] {{0, 5}, {5, 7}, {SmallNet.SIZE - 4, 4}}) {
                LinearOperator block = hessian.diagonalBlock(part[0], part[1]);
                double[] exact = Matrices.exact(block, F64);
                Arrays.sort(exact);
                double size = Math.max(Math.abs(exact[0]), exact[exact.length - 1]);
                SpectralDensity density = SpectralDensity.estimate(block, F64, (int) part[1], 3, 1);
                assertThat(density.smallest()).isCloseTo(exact[0], within(1e-11 * size));
                assertThat(density.largest()).isCloseTo(exact[exact.length - 1], within(1e-11 * size));
                for (SpectralDensity.Quadrature q : density.probes()) {
                    assertThat(q.nodes()).containsExactly(exact, within(1e-9 * size));
                }
            }
        }
    }

    @EachFloatType
    void agreesWithTheSmoothedSpectrumOfASmallNet(DType dtype) {
        double[] exact = SmallNet.figures("hessian eigenvalues");
        double mean = Arrays.stream(exact).average().getAsDouble();
        try (SupervisedObjective objective = SmallNet.objective(dtype);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            LinearOperator hessian = LinearOperator.of(at, Curvature.HESSIAN);
            SpectralDensity density = SpectralDensity.estimate(hessian, dtype, 60, 200, 1);
            double sigma = 0.2;
            SpectralDensity.Curve curve = density.smooth(sigma, 500);
            assertThat(integral(curve, 0)).isCloseTo(1, within(1e-8));
            assertThat(integral(curve, 1)).isCloseTo(density.moment(1).value(), within(1e-7));
            Estimate first = density.moment(1);
            assertThat(first.value()).isCloseTo(mean, within(4 * first.standardError()));
            Estimate second = density.moment(2);
            double meanSquare = Arrays.stream(exact).map(v -> v * v).average().getAsDouble();
            assertThat(second.value()).isCloseTo(meanSquare, within(4 * second.standardError()));
            // The same probes as Hutchinson's.
            assertThat(first.value() * SmallNet.SIZE)
                    .isCloseTo(
                            Hutchinson.estimate(hessian, dtype, 200, 1).trace().value(),
                            within(dtype == F64 ? 1e-10 : 1e-3));
            double largest = 0;
            double distance = 0;
            for (int i = 0; i < 500; i++) {
                double height = 0;
                for (double v : exact) {
                    double x = (curve.grid()[i] - v) / sigma;
                    height += Math.exp(-x * x / 2) / (sigma * Math.sqrt(2 * Math.PI) * exact.length);
                }
                largest = Math.max(largest, height);
                distance = Math.max(distance, Math.abs(height - curve.density()[i]));
            }
            // 200 probes of 83 values: about 1 / sqrt(200 * 83) of the height.
            assertThat(distance).isLessThan(0.03 * largest);
        }
    }

    @Test
    void endsWhereTheProbeLiesInAnInvariantSubspace() {
        SpectralDensity density = SpectralDensity.estimate(Matrices.diagonal(F64, 2, 2, 2, -1), F64, 10, 3, 1);
        for (SpectralDensity.Quadrature q : density.probes()) {
            assertThat(q.nodes()).containsExactly(new double[] {-1, 2}, within(1e-14));
            assertThat(q.weights()).containsExactly(new double[] {0.25, 0.75}, within(1e-14));
        }
        assertThat(density.moment(1)).satisfies(m -> {
            assertThat(m.value()).isCloseTo(1.25, within(1e-14));
            assertThat(m.standardError()).isLessThan(1e-14);
        });
        SpectralDensity zero = SpectralDensity.estimate(Matrices.diagonal(F64, 0, 0, 0), F64, 10, 2, 1);
        assertThat(zero.probes().get(0).nodes()).containsExactly(0);
        SpectralDensity one = SpectralDensity.estimate(Matrices.diagonal(F64, 4), F64, 10, 1, 1);
        assertThat(one.smallest()).isEqualTo(4);
        assertThat(integral(one.smooth(0.1, 100), 0)).isCloseTo(1, within(1e-8));
    }

    @Test
    void refusesWhatItCannotDo() {
        LinearOperator plain = LinearOperator.of(3, (v, out) -> Vectors.copy(v, out));
        assertThatThrownBy(() -> SpectralDensity.estimate(plain, F64, 5, 1, 1)).hasMessageContaining("SYMMETRIC");
        LinearOperator a = Matrices.diagonal(F64, 1, 2);
        assertThatThrownBy(() -> SpectralDensity.estimate(a, F64, 0, 1, 1)).hasMessageContaining("at least 1, found 0");
        assertThatThrownBy(() -> SpectralDensity.estimate(a, F64, 1, 0, 1)).hasMessageContaining("at least 1, found 0");
        SpectralDensity density = SpectralDensity.estimate(a, F64, 5, 2, 1);
        assertThatThrownBy(() -> density.smooth(0, 10)).hasMessageContaining("sigma must be positive");
        assertThatThrownBy(() -> density.smooth(0.01, 10)).hasMessageContaining("points, found 10");
    }
}
