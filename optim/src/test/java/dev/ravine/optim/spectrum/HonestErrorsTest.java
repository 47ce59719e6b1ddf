package dev.ravine.optim.spectrum;

import static dev.ravine.optim.spectrum.Matrices.diagonal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.data.Quadratic;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.LinearOperator.Property;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is said of an error holds: residuals, standard errors, and the declaration of symmetry. */
class HonestErrorsTest {
    private static final DType F64 = DType.FLOAT64;

    /** A matrix by its elements, in any dtype. */
    private static LinearOperator written(double[][] a) {
        return LinearOperator.of(
                a.length,
                (v, out) -> {
                    double[] x = Arena.toDoubles(v);
                    Elements y = Elements.of(out);
                    for (int i = 0; i < a.length; i++) {
                        double sum = 0;
                        for (int j = 0; j < a.length; j++) {
                            sum += a[i][j] * x[j];
                        }
                        y.set(i, sum);
                    }
                },
                Property.SYMMETRIC);
    }

    private static double[][] random(int n, double mirrored) {
        Rng rng = new Rng(n);
        double[][] a = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                a[i][j] = rng.nextGaussian();
                a[j][i] = mirrored * a[i][j];
            }
            a[i][i] = mirrored < 0 ? 0 : rng.nextGaussian();
        }
        return a;
    }

    private static double[][] withSpectrum(double... values) {
        Quadratic quadratic = Quadratic.withSpectrum(values, 3);
        double[] all = Arena.toDoubles(quadratic.matrix());
        double[][] a = new double[values.length][];
        for (int i = 0; i < a.length; i++) {
            a[i] = Arrays.copyOfRange(all, i * a.length, (i + 1) * a.length);
        }
        return a;
    }

    private static double[] upTo(int n, double unit) {
        return IntStream.rangeClosed(1, n).mapToDouble(i -> i * unit).toArray();
    }

    @ParameterizedTest
    @CsvSource({"0,FLOAT32", "2000,FLOAT32", "0,FLOAT64", "2000,FLOAT64"})
    void anEigenvalueLiesWithinTheResidual(int denseUpTo, DType dtype) {
        double[] exact = upTo(40, 0.1);
        Extremes found = Lanczos.builder()
                .largest(5)
                .smallest(5)
                .denseUpTo(denseUpTo)
                .build()
                .find(written(withSpectrum(exact)), dtype);
        double unit = dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
        for (List<Eigenvalue> end :
                List.of(found.largest().values(), found.smallest().values())) {
            assertThat(end).hasSize(5).allMatch(Eigenvalue::isConverged);
            for (Eigenvalue value : end) {
                double distance = DoubleStream.of(exact)
                        .map(e -> Math.abs(e - value.value()))
                        .min()
                        .orElseThrow();
                assertThat(distance).isLessThanOrEqualTo(value.residual());
                assertThat(value.residual()).isLessThan(10 * unit * 4);
            }
        }
    }

    static Stream<double[][]> unsymmetric() {
        double[][] slight = random(30, 1);
        slight[3][17] += 1;
        return Stream.of(
                new double[][] {{0, 1}, {-1, 0}},
                new double[][] {{1, 2}, {0, 1}},
                random(3, -1),
                random(50, -1),
                random(50, 0),
                random(50, 0.5),
                slight);
    }

    @ParameterizedTest
    @MethodSource("unsymmetric")
    void aMatrixThatIsNotSymmetricIsRefused(double[]... a) {
        LinearOperator operator = written(a);
        for (DType dtype : List.of(DType.FLOAT32, F64)) {
            for (int denseUpTo : new int[] {0, 2000}) {
                Lanczos lanczos = Lanczos.builder().denseUpTo(denseUpTo).build();
                assertThatThrownBy(() -> lanczos.find(operator, dtype))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll("Lanczos' process", "u'Av", "v'Au", "symmetrize");
            }
            assertThatThrownBy(() -> HutchPlusPlus.trace(operator, dtype, 30, 1))
                    .hasMessageContaining("u'Av");
            assertThatThrownBy(() -> Hutchinson.estimate(operator, dtype, 30, 1))
                    .hasMessageContaining("u'Av");
            assertThatThrownBy(() -> SpectralDensity.estimate(operator, dtype, 5, 2, 1))
                    .hasMessageContaining("u'Av");
        }
    }

    /** At any scale, and whatever is added to the diagonal. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-30, 1e30, 1e-200, 1e200, 1e-290, 1e290})
    void aSymmetricMatrixIsNot(double scale) {
        for (int n : new int[] {1, 2, 10, 100}) {
            double[][] a = random(n, 1);
            for (double[] row : a) {
                for (int j = 0; j < n; j++) {
                    row[j] *= scale;
                }
            }
            Extremes found = Lanczos.builder().denseUpTo(0).build().find(written(a), F64);
            assertThat(found.largest().values()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-200, 1e-300, 1e-160, 1e150, 1e200, 1e300})
    void eigenvaluesOfTinyAndHugeMatrices(double unit) {
        LinearOperator a = diagonal(F64, upTo(60, unit));
        for (int denseUpTo : new int[] {0, 2000}) {
            Extremes found = Lanczos.builder()
                    .largest(2)
                    .smallest(1)
                    .denseUpTo(denseUpTo)
                    .build()
                    .find(a, F64);
            Eigenvalue top = found.largest().values().get(0);
            assertThat(top.value() / unit).isCloseTo(60, within(1e-11));
            assertThat(top.residual() / unit).isBetween(1e-16, 1e-5);
            assertThat(top.isConverged()).isTrue();
            assertThat(found.largest().values().get(1).value() / unit).isCloseTo(59, within(1e-11));
            assertThat(found.smallest().values().get(0).value() / unit).isCloseTo(1, within(1e-11));
        }
        assertThat(HutchPlusPlus.trace(a, F64, 180, 1).value() / unit).isCloseTo(1830, within(1e-9));
        assertThat(Hutchinson.estimate(a, F64, 3, 1).trace().value() / unit).isCloseTo(1830, within(1e-9));
        SpectralDensity density = SpectralDensity.estimate(a, F64, 60, 2, 1);
        assertThat(density.largest() / unit).isCloseTo(60, within(1e-9));
    }

    @Test
    void singlePrecisionAtItsEnds() {
        for (double unit : new double[] {1e-30, 1e30}) {
            Extremes found =
                    Lanczos.builder().denseUpTo(0).build().find(diagonal(DType.FLOAT32, upTo(60, unit)), DType.FLOAT32);
            assertThat(found.largest().values().get(0).value() / unit).isCloseTo(60, within(1e-4));
        }
    }

    /** With the whole space in the basis nothing is left to estimate, but sums of products are rounded. */
    @ParameterizedTest
    @CsvSource({"FLOAT64, 1e-11", "FLOAT32, 0.01"})
    void anExactTraceIsStillRounded(DType dtype, double most) {
        for (int seed = 0; seed < 20; seed++) {
            Estimate found = HutchPlusPlus.trace(diagonal(dtype, upTo(60, 1)), dtype, 200, seed);
            assertThat(found.standardError()).isPositive().isLessThan(most);
            assertThat(found.value()).isCloseTo(1830, within(2 * found.standardError()));
        }
    }

    /** A few probes may all give the same number by chance; no seed may call that certainty. */
    @Test
    void aFewProbesOfHutchPlusPlusSayHowLittleTheyKnow() {
        for (int n : new int[] {4, 5, 8, 20}) {
            double[][] a = random(n, 1);
            double trace = IntStream.range(0, n).mapToDouble(i -> a[i][i]).sum();
            int off = 0;
            for (int seed = 0; seed < 200; seed++) {
                Estimate found = HutchPlusPlus.trace(written(a), F64, 9, seed);
                double error = Math.abs(found.value() - trace);
                assertThat(error).as("n %d, seed %d", n, seed).isLessThan(10 * found.standardError() + 1e-10);
                off += error > 2 * found.standardError() + 1e-10 ? 1 : 0;
            }
            assertThat(off)
                    .as("n %d: errors of more than two standard errors", n)
                    .isLessThan(20);
        }
    }

    @Test
    void aFewProbesOfHutchinsonSayHowLittleTheyKnow() {
        double[][] swap = {{0, 1}, {1, 0}};
        for (int seed = 0; seed < 100; seed++) {
            Hutchinson found = Hutchinson.estimate(written(swap), F64, 2, seed);
            assertThat(Math.abs(found.trace().value()))
                    .isLessThan(4 * found.trace().standardError());
            for (int i = 0; i < 2; i++) {
                assertThat(Math.abs(found.diagonal()[i])).isLessThan(4 * found.diagonalErrors()[i]);
            }
        }
    }

    @Test
    void theProbeLeavesTheMatrixAlone() {
        INDArray d = Arena.of(F64, Shape.of(3), 1, 2, 3);
        Hutchinson found = Hutchinson.estimate(diagonal(F64, 1, 2, 3), F64, 3, 1);
        assertThat(found.diagonal()).containsExactly(Arena.toDoubles(d));
    }
}
