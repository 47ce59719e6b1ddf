package dev.ravine.optim.spectrum;

import static dev.ravine.optim.spectrum.Matrices.diagonal;
import static dev.ravine.optim.spectrum.Matrices.highest;
import static dev.ravine.optim.spectrum.Matrices.lowest;
import static dev.ravine.optim.spectrum.Matrices.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Curvature;
import dev.ravine.autodiff.Linearization;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.optim.linear.LinearOperator;
import dev.ravine.optim.linear.LinearOperator.Property;
import dev.ravine.optim.objective.Scope;
import dev.ravine.optim.objective.SupervisedObjective;
import dev.ravine.optim.spectrum.Extremes.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LanczosTest {
    private static final DType F64 = DType.FLOAT64;

    private static Lanczos.Builder lanczos(int k) {
        return Lanczos.builder().largest(k).smallest(k).denseUpTo(0);
    }

    private static double[] evenly(int n, double from, double to) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = n == 1 ? from : from + (to - from) * i / (n - 1);
        }
        return values;
    }

    private static double[] shuffled(double... values) {
        int[] order = new Rng(5).permutation(values.length);
        return Arrays.stream(order).mapToDouble(i -> values[i]).toArray();
    }

    private static double[] repeated(int times, double value) {
        double[] values = new double[times];
        Arrays.fill(values, value);
        return values;
    }

    private static double[] joined(double[]... parts) {
        return shuffled(Arrays.stream(parts).flatMapToDouble(DoubleStream::of).toArray());
    }

    private static Extremes check(Lanczos lanczos, int k, double absolute, double... spectrum) {
        Extremes found = lanczos.find(diagonal(F64, spectrum), F64);
        double[] ascending = Arrays.stream(spectrum).sorted().toArray();
        assertThat(values(found.largest())).containsExactly(highest(ascending, k), within(absolute));
        assertThat(values(found.smallest())).containsExactly(lowest(ascending, k), within(absolute));
        assertThat(found.largest().isComplete()).isTrue();
        assertThat(found.smallest().isComplete()).isTrue();
        return found;
    }

    /** Outliers at both ends of a bulk, as Hessians have them: far fewer steps than the order. */
    @Test
    void findsOutliersInFewSteps() {
        double[] spectrum = joined(evenly(3000, -1, 1), new double[] {40, 30, 12, 11, -7, -5, -4.5, -4});
        Extremes found = check(lanczos(4).build(), 4, 1e-10, spectrum);
        assertThat(found.method()).isEqualTo(Method.LANCZOS);
        assertThat(found.products()).isLessThan(150);
    }

    @Test
    void findsEachValueAsOftenAsTheMatrixHasIt() {
        double[] spectrum = joined(
                evenly(500, -1, 1),
                repeated(3, 9),
                repeated(2, 8),
                new double[] {7, 6, -6},
                repeated(4, -5),
                repeated(3, -4));
        Extremes found = check(lanczos(6).build(), 6, 1e-10, spectrum);
        assertThat(found.method()).isEqualTo(Method.LANCZOS);
    }

    @Test
    void aRepeatedValueIsFoundOnceAtFirstAndTheResultSaysThatMoreMayBeMissing() {
        double[] spectrum = joined(evenly(500, -1, 1), repeated(30, 9));
        Extremes found = lanczos(2).maxSteps(8).build().find(diagonal(F64, spectrum), F64);
        Eigenvalue second = found.largest().values().get(1);
        assertThat(second.value()).isLessThan(1);
        assertThat(second.isConverged()).isFalse();
        assertThat(found.largest().isComplete()).isFalse();
        assertThat(found.smallest().isComplete()).isFalse();
    }

    /** Krylov spaces of 1, 2 and 3 dimensions: breakdown after as many steps. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void goesOnAfterAnInvariantSubspace(int distinct) {
        double[] spectrum = new double[90];
        for (int i = 0; i < spectrum.length; i++) {
            spectrum[i] = i % distinct - 1;
        }
        check(lanczos(4).build(), 4, 1e-14, spectrum);
        Extremes all = check(lanczos(90).build(), 90, 1e-13, spectrum);
        assertThat(all.method()).isEqualTo(Method.FULL_LANCZOS);
        assertThat(all.products()).isEqualTo(90);
    }

    @Test
    void findsZerosOfASingularMatrix() {
        double[] spectrum = joined(repeated(40, 0), evenly(60, 1, 2));
        check(lanczos(3).build(), 3, 1e-14, spectrum);
        Extremes found = check(lanczos(45).build(), 45, 1e-13, spectrum);
        assertThat(found.smallest().values()).allMatch(v -> v.residual() < 1e-13);
    }

    @Test
    void theZeroMatrixHasZeros() {
        Extremes found = check(lanczos(3).build(), 3, 0, new double[1000]);
        assertThat(found.products()).isLessThan(100);
        assertThat(found.largest().values()).allMatch(v -> v.residual() == 0 && v.isConverged());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2000})
    void ordersOneAndTwo(int denseUpTo) {
        Lanczos lanczos = lanczos(3).denseUpTo(denseUpTo).build();
        check(lanczos, 3, 1e-15, -3);
        check(lanczos, 3, 1e-15, 5, -2);
        check(lanczos, 3, 1e-15, 5, 5);
        check(lanczos, 3, 0, 0, 0);
    }

    /** The small end is known to the rounding of the norm, 1e-16 1e12, so 1e-3 is what can be had of 1; of 1e4 1e-7. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2000})
    void conditionOfATrillion(int denseUpTo) {
        double[] spectrum = new double[200];
        for (int i = 0; i < spectrum.length; i++) {
            spectrum[i] = Math.pow(10, 12.0 * i / (spectrum.length - 1));
        }
        Extremes found = lanczos(5).denseUpTo(denseUpTo).build().find(diagonal(F64, shuffled(spectrum)), F64);
        assertThat(found.method()).isEqualTo(denseUpTo == 0 ? Method.FULL_LANCZOS : Method.DENSE);
        assertThat(found.largest().values().get(0).value()).isCloseTo(1e12, within(1e-3));
        for (int i = 0; i < 5; i++) {
            assertThat(found.smallest().values().get(i).value()).isCloseTo(spectrum[i], within(1e-2));
            assertThat(found.largest().values().get(i).value())
                    .isCloseTo(spectrum[199 - i], within(1e-14 * spectrum[199]));
        }
    }

    /** At condition 1e8 both ends are right to 1e-6 of themselves. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2000})
    void bothEndsAreAccurateRelativeToThemselves(int denseUpTo) {
        double[] spectrum = new double[300];
        for (int i = 0; i < spectrum.length; i++) {
            spectrum[i] = Math.pow(10, -8.0 * i / (spectrum.length - 1));
        }
        Extremes found = lanczos(3).denseUpTo(denseUpTo).build().find(diagonal(F64, shuffled(spectrum)), F64);
        for (int i = 0; i < 3; i++) {
            double low = spectrum[299 - i];
            assertThat(found.smallest().values().get(i).value()).isCloseTo(low, within(1e-6 * low));
            assertThat(found.largest().values().get(i).value()).isCloseTo(spectrum[i], within(1e-14));
        }
    }

    /** Unconverged values too: an eigenvalue lies within the residual of each. */
    @ParameterizedTest
    @ValueSource(ints = {5, 20, 60})
    void residualsBoundTheErrors(int steps) {
        double[] spectrum = joined(evenly(400, -1, 1), evenly(40, 1, 3));
        Extremes found = lanczos(5).maxSteps(steps).build().find(diagonal(F64, spectrum), F64);
        for (Eigenvalue v : found.largest().values()) {
            double distance = Arrays.stream(spectrum)
                    .map(s -> Math.abs(s - v.value()))
                    .min()
                    .getAsDouble();
            assertThat(distance).isLessThanOrEqualTo(v.residual());
        }
        assertThat(found.products()).isGreaterThanOrEqualTo(steps);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2000})
    void vectorsHaveTheResidualsThatAreReported(int denseUpTo) {
        double[] spectrum = joined(evenly(200, -1, 1), new double[] {5, 4, 4, -3});
        LinearOperator a = diagonal(F64, spectrum);
        Extremes found = lanczos(3).vectors(true).denseUpTo(denseUpTo).build().find(a, F64);
        INDArray product = Arena.create(F64, Shape.of(spectrum.length));
        for (Eigenvalue v : found.largest().values()) {
            INDArray x = v.vector().orElseThrow();
            a.apply(x, product);
            Vectors.axpy(-v.value(), x, product);
            assertThat(Vectors.norm(x)).isCloseTo(1, within(1e-13));
            assertThat(Vectors.norm(product)).isLessThanOrEqualTo(v.residual());
            assertThat(v.isConverged()).isTrue();
        }
        assertThat(Vectors.dot(
                        found.largest().values().get(1).vector().orElseThrow(),
                        found.largest().values().get(2).vector().orElseThrow()))
                .isCloseTo(0, within(1e-7));
        assertThat(lanczos(1)
                        .denseUpTo(denseUpTo)
                        .build()
                        .find(a, F64)
                        .largest()
                        .values())
                .allMatch(v -> v.vector().isEmpty());
    }

    /** Against NumPy, by LAPACK and by Lanczos. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2000})
    void curvatureOfASmallNetIsWhatNumpySays(int denseUpTo) {
        Map<Curvature, String> names = Map.of(Curvature.HESSIAN, "hessian", Curvature.GAUSS_NEWTON, "gauss-newton");
        try (SupervisedObjective objective = SmallNet.objective(F64);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            names.forEach((curvature, name) -> {
                double[] exact = SmallNet.figures(name + " eigenvalues");
                assertThat(exact).hasSize(SmallNet.SIZE);
                Extremes found = lanczos(8).denseUpTo(denseUpTo).build().find(LinearOperator.of(at, curvature), F64);
                assertRelative(values(found.largest()), highest(exact, 8), exact);
                assertRelative(values(found.smallest()), lowest(exact, 8), exact);
                assertThat(found.largest().isComplete() && found.smallest().isComplete())
                        .isTrue();
            });
        }
    }

    /** 1e-12 of each value itself, or 1e-15 of the largest. */
    private static void assertRelative(double[] found, double[] exact, double[] all) {
        assertThat(found).hasSameSizeAs(exact);
        double norm = Math.max(Math.abs(all[0]), Math.abs(all[all.length - 1]));
        for (int i = 0; i < found.length; i++) {
            Offset<Double> offset = within(Math.max(1e-12 * Math.abs(exact[i]), 1e-15 * norm));
            assertThat(found[i]).isCloseTo(exact[i], offset);
        }
    }

    /** Lanczos ends long before the order here; LAPACK of the matrix written out decides. */
    @ParameterizedTest
    @EnumSource(
            value = Curvature.class,
            names = {"HESSIAN", "GAUSS_NEWTON"})
    void extremesOfALargerNetAreThoseOfTheMatrixWrittenOut(Curvature curvature) {
        try (SupervisedObjective objective = SmallNet.objective(F64, 60, 10, 20, 12, 3);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            LinearOperator a = LinearOperator.of(at, curvature);
            double[] exact = Matrices.exact(a, F64);
            Extremes found = lanczos(3)
                    .smallest(curvature == Curvature.HESSIAN ? 3 : 0)
                    .build()
                    .find(a, F64);
            assertThat(found.method()).isEqualTo(Method.LANCZOS);
            assertThat(found.products()).isLessThan(a.size());
            assertRelative(values(found.largest()), highest(exact, 3), exact);
            if (curvature == Curvature.HESSIAN) {
                assertRelative(values(found.smallest()), lowest(exact, 3), exact);
            }
        }
    }

    /** Single precision: 1e-5 of the norm, products' rounding included. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2000})
    void singlePrecision(int denseUpTo) {
        try (SupervisedObjective objective = SmallNet.objective(DType.FLOAT32);
                Linearization at = objective.linearize(objective.theta(), Scope.all())) {
            double[] exact = SmallNet.figures("hessian eigenvalues");
            double norm = exact[exact.length - 1];
            Extremes found = lanczos(5)
                    .denseUpTo(denseUpTo)
                    .build()
                    .find(LinearOperator.of(at, Curvature.HESSIAN), DType.FLOAT32);
            assertThat(values(found.largest())).containsExactly(highest(exact, 5), within(1e-6 * norm));
            assertThat(values(found.smallest())).containsExactly(lowest(exact, 5), within(1e-6 * norm));
        }
        double[] spectrum = joined(evenly(3000, -1, 1), new double[] {40, 30, 30, 11, -7, -5, -5, -4});
        Extremes found = lanczos(4).build().find(diagonal(DType.FLOAT32, spectrum), DType.FLOAT32);
        double[] ascending = Arrays.stream(spectrum).sorted().toArray();
        assertThat(values(found.largest())).containsExactly(highest(ascending, 4), within(4e-5));
        assertThat(values(found.smallest())).containsExactly(lowest(ascending, 4), within(4e-5));
        assertThat(found.smallest().isComplete()).isTrue();
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        LinearOperator a = diagonal(F64, joined(evenly(300, -1, 1), new double[] {5, 4, 4, -3}));
        Extremes once = lanczos(3).seed(7).build().find(a, F64);
        assertThat(lanczos(3).seed(7).build().find(a, F64)).isEqualTo(once);
        assertThat(lanczos(3).seed(8).build().find(a, F64)).isNotEqualTo(once);
    }

    @Test
    void refusesWhatItCannotDo() {
        LinearOperator plain = LinearOperator.of(3, (v, out) -> Vectors.copy(v, out));
        assertThatThrownBy(() -> lanczos(1).build().find(plain, F64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a SYMMETRIC matrix, but A is declared []");
        LinearOperator large = diagonal(F64, new double[1000]);
        assertThatThrownBy(() -> lanczos(1).memoryLimit(1_000_000).build().find(large, F64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "Lanczos' process of 300 steps would keep 306 vectors of 1000 FLOAT64, 2 MB; the limit"
                                + " is 1 MB: take fewer steps or values, or raise it with memoryLimit(bytes)");
        LinearOperator infinite =
                LinearOperator.of(3, (v, out) -> Vectors.fill(out, Double.POSITIVE_INFINITY), Property.SYMMETRIC);
        assertThatThrownBy(() -> lanczos(1).build().find(infinite, F64)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Lanczos.builder().build().find(infinite, F64)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> lanczos(1).build().find(large, DType.INT64)).hasMessageContaining("INT64");
        assertThatThrownBy(() -> lanczos(0).build()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lanczos(20).maxSteps(10).build())
                .hasMessageContaining("from 1 to the limit of 10 steps, found 20 largest");
        assertThatThrownBy(() -> lanczos(1).tolerance(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lanczos(1).denseUpTo(20_000)).isInstanceOf(IllegalArgumentException.class);
    }
}
