package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The error of every elementwise kernel in units in the last place (ulps), against 60 digits. The bounds are those that
 * the documentation states.
 */
class KernelAccuracyTest {
    private static final BigDecimal ONE = BigDecimal.ONE;

    @FunctionalInterface
    private interface Unary {
        Kernel bind(INDArray x, INDArray y);
    }

    /** A kernel, the right values, the points between which it is measured, and its bounds in both precisions. */
    private record Case(
            String name,
            Unary kernel,
            UnaryOperator<BigDecimal> right,
            double low,
            double high,
            double single,
            double twofold) {
        @Override
        public String toString() {
            return name + " from " + low + " to " + high;
        }
    }

    private static Unary crossEntropy(double target) {
        return (x, y) -> BinaryKernels.logisticCrossEntropy(x, filled(x, target), y);
    }

    private static Unary error(double target) {
        return (x, y) -> BinaryKernels.logisticError(x, filled(x, target), y);
    }

    private static INDArray filled(INDArray x, double value) {
        INDArray filled = Arena.create(DType.of(x), Shape.of(x));
        Vectors.fill(filled, value);
        return filled;
    }

    private static Case of(
            String name,
            Unary kernel,
            UnaryOperator<BigDecimal> right,
            double low,
            double high,
            double single,
            double twofold) {
        return new Case(name, kernel, right, low, high, single, twofold);
    }

    private static BigDecimal tanh(BigDecimal x) {
        BigDecimal e = Precise.expm1(x.add(x));
        return Precise.divide(e, e.add(BigDecimal.valueOf(2)));
    }

    private static BigDecimal sigmoid(BigDecimal x) {
        return Precise.divide(ONE, ONE.add(Precise.exp(x.negate())));
    }

    private static BigDecimal softplus(BigDecimal x) {
        return Precise.log1p(Precise.exp(x));
    }

    static Stream<Case> cases() {
        UnaryOperator<BigDecimal> half = x -> Precise.divide(x, BigDecimal.valueOf(2));
        return Stream.of(
                of("neg", UnaryKernels::neg, BigDecimal::negate, -9, 9, 0, 0),
                of("abs", UnaryKernels::abs, BigDecimal::abs, -9, 9, 0, 0),
                of("relu", UnaryKernels::relu, x -> x.max(BigDecimal.ZERO), -9, 9, 0, 0),
                of("square", UnaryKernels::square, x -> x.multiply(x), -9, 9, 0.5, 0.5),
                of("sqrt", UnaryKernels::sqrt, x -> x.sqrt(Precise.DIGITS), 0, 9, 0.5, 0.5),
                of("reciprocal", UnaryKernels::reciprocal, x -> Precise.divide(ONE, x), 0.1, 9, 0.5, 0.5),
                of(
                        "addScalar",
                        (x, y) -> UnaryKernels.addScalar(x, 0.75, y),
                        x -> x.add(Precise.of(0.75)),
                        -9,
                        9,
                        0.5,
                        0.5),
                of(
                        "scale",
                        (x, y) -> UnaryKernels.scale(x, 0.75, y),
                        x -> x.multiply(Precise.of(0.75)),
                        -9,
                        9,
                        0.5,
                        0.5),
                of(
                        "divideBy",
                        (x, y) -> UnaryKernels.divideBy(x, 49, y),
                        x -> Precise.divide(x, Precise.of(49)),
                        -9,
                        9,
                        0.5,
                        0.5),
                of(
                        "clip",
                        (x, y) -> UnaryKernels.clip(x, -2, 3, y),
                        x -> x.max(Precise.of(-2)).min(Precise.of(3)),
                        -9,
                        9,
                        0,
                        0),
                of("huber", (x, y) -> UnaryKernels.huber(x, 16, y), x -> half.apply(x.multiply(x)), -9, 9, 0.51, 0.51),
                of("exp", UnaryKernels::exp, Precise::exp, -87, 88, 2, 1),
                of("exp", UnaryKernels::exp, Precise::exp, -1, 1, 2, 1),
                of("expm1", UnaryKernels::expm1, Precise::expm1, -20, 80, 1, 1),
                of("expm1", UnaryKernels::expm1, Precise::expm1, -1e-3, 1e-3, 1, 1),
                of("log", UnaryKernels::log, Precise::log, 1e-3, 1e3, 1, 1),
                of("log", UnaryKernels::log, Precise::log, 0.9, 1.1, 1, 1),
                of("tanh", UnaryKernels::tanh, KernelAccuracyTest::tanh, -1e-3, 1e-3, 2, 2),
                of("tanh", UnaryKernels::tanh, KernelAccuracyTest::tanh, -1, 1, 2, 2),
                of("tanh", UnaryKernels::tanh, KernelAccuracyTest::tanh, -10, 10, 2, 2),
                of("tanh", UnaryKernels::tanh, KernelAccuracyTest::tanh, 8, 40, 2, 2),
                of("sigmoid", UnaryKernels::sigmoid, KernelAccuracyTest::sigmoid, -87, 40, 3, 2),
                of("sigmoid", UnaryKernels::sigmoid, KernelAccuracyTest::sigmoid, -2, 2, 3, 2),
                of(
                        "logisticSlope",
                        UnaryKernels::logisticSlope,
                        x -> sigmoid(x).multiply(sigmoid(x.negate())),
                        -80,
                        80,
                        5,
                        3),
                of(
                        "logisticSlope",
                        UnaryKernels::logisticSlope,
                        x -> sigmoid(x).multiply(sigmoid(x.negate())),
                        -2,
                        2,
                        5,
                        3),
                of("softplus", UnaryKernels::softplus, KernelAccuracyTest::softplus, -80, 80, 3, 2),
                of("softplus", UnaryKernels::softplus, KernelAccuracyTest::softplus, -2, 2, 3, 2),
                of("elu", (x, y) -> UnaryKernels.elu(x, 1, y), x -> x.signum() > 0 ? x : Precise.expm1(x), -9, 9, 1, 1),
                of("negativeExp", UnaryKernels::negativeExp, Precise::exp, -80, 0, 1, 1),
                of("erf", UnaryKernels::erf, Precise::erf, -3, 3, 1, 1),
                of("erf", UnaryKernels::erf, Precise::erf, -1e-3, 1e-3, 1, 1),
                of("erf", UnaryKernels::erf, Precise::erf, 0.3, 0.7, 1, 1),
                of("erf", UnaryKernels::erf, Precise::erf, 2, 5, 1, 1),
                of("normal", UnaryKernels::normalDistribution, Precise::normalDistribution, -8, 8, 6, 4),
                of("normal", UnaryKernels::normalDistribution, Precise::normalDistribution, -1, 1, 6, 4),
                of("normal", UnaryKernels::normalDistribution, Precise::normalDistribution, -6, -5, 6, 4),
                of("log1p", UnaryKernels::log1p, x -> Precise.log(x.add(BigDecimal.ONE)), -0.9, 9, 1, 1),
                of("log1p", UnaryKernels::log1p, x -> Precise.log(x.add(BigDecimal.ONE)), -1e-3, 1e-3, 1, 1),
                of("atan", UnaryKernels::atan, Precise::atan, -9, 9, 1, 1),
                of("sin", UnaryKernels::sin, Precise::sin, -9, 9, 1, 1),
                of("sin", UnaryKernels::sin, Precise::sin, 1e4, 1e6, 1, 1),
                of("cos", UnaryKernels::cos, Precise::cos, -9, 9, 1, 1),
                of("cross-entropy of 0", crossEntropy(0), KernelAccuracyTest::softplus, -80, 80, 4, 2),
                of("cross-entropy of 1", crossEntropy(1), x -> softplus(x.negate()), -80, 80, 4, 2),
                of("error of 0", error(0), KernelAccuracyTest::sigmoid, -80, 40, 3, 2),
                of("error of 1", error(1), x -> sigmoid(x.negate()).negate(), -40, 80, 3, 2),
                of("pow 3", (x, y) -> UnaryKernels.pow(x, 3, y), x -> x.pow(3), -9, 9, 1, 1),
                of("pow 0.5", (x, y) -> UnaryKernels.pow(x, 0.5, y), x -> x.sqrt(Precise.DIGITS), 0, 9, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void staysWithinItsBound(Case c) {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            int n = 600;
            Rng rng = new Rng(11);
            double[] points = new double[n];
            for (int i = 0; i < n; i++) {
                double at = c.low + (c.high - c.low) * (i + rng.nextDouble()) / n;
                points[i] = dtype == DType.FLOAT32 ? (float) at : at;
            }
            INDArray y = Arena.create(dtype, Shape.of(n));
            c.kernel.bind(Arena.of(dtype, Shape.of(n), points), y).run();
            double[] found = Arena.toDoubles(y);
            double worst = 0;
            double at = 0;
            for (int i = 0; i < n; i++) {
                double error = ulps(found[i], c.right.apply(Precise.of(points[i])), dtype);
                if (error > worst) {
                    worst = error;
                    at = points[i];
                }
            }
            assertThat(worst)
                    .as("ulps of %s in %s at %s", c, dtype, at)
                    .isLessThanOrEqualTo(dtype == DType.FLOAT32 ? c.single : c.twofold);
        }
    }

    @FunctionalInterface
    private interface Binary {
        Kernel bind(INDArray a, INDArray b, INDArray y);
    }

    private static void assertBinary(String name, Binary kernel, BinaryOperator<BigDecimal> right, double bound) {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Rng rng = new Rng(12);
            INDArray a = Arena.create(dtype, Shape.of(300));
            INDArray b = Arena.create(dtype, Shape.of(300));
            for (int i = 0; i < 300; i++) {
                a.putScalar(i, rng.nextDouble(0.1, 9));
                b.putScalar(i, rng.nextDouble(0.1, 9));
            }
            INDArray y = Arena.create(dtype, Shape.of(300));
            kernel.bind(a, b, y).run();
            for (int i = 0; i < 300; i++) {
                BigDecimal exact = right.apply(Precise.of(a.getDouble(i)), Precise.of(b.getDouble(i)));
                assertThat(ulps(y.getDouble(i), exact, dtype))
                        .as("%s, %s", name, dtype)
                        .isLessThanOrEqualTo(bound);
            }
        }
    }

    @Test
    void functionsOfTwoNumbersStayWithinTheirBounds() {
        assertBinary("add", BinaryKernels::add, BigDecimal::add, 0.5);
        assertBinary("sub", BinaryKernels::sub, BigDecimal::subtract, 0.5);
        assertBinary("mul", BinaryKernels::mul, BigDecimal::multiply, 0.5);
        assertBinary("div", BinaryKernels::div, Precise::divide, 0.5);
        assertBinary("max", BinaryKernels::max, BigDecimal::max, 0);
        assertBinary("min", BinaryKernels::min, BigDecimal::min, 0);
        assertBinary("pow", BinaryKernels::pow, (a, b) -> Precise.exp(b.multiply(Precise.log(a))), 1);
    }

    /** The error in units of the last place of the right value. */
    private static double ulps(double found, BigDecimal right, DType dtype) {
        double value = right.doubleValue();
        double ulp = dtype == DType.FLOAT32 ? Math.ulp((float) value) : Math.ulp(value);
        return new BigDecimal(found).subtract(right).abs().doubleValue() / ulp;
    }

    @EachFloatType
    void divisionIsRoundedOnce(DType dtype) {
        for (int n = 1; n <= 500; n++) {
            double[] multiples = {n, 2.0 * n, 7.0 * n, -3.0 * n};
            INDArray x = Arena.of(dtype, Shape.of(4), multiples);
            INDArray y = Arena.create(dtype, Shape.of(4));
            UnaryKernels.divideBy(x, n, y).run();
            assertThat(Arena.toDoubles(y)).containsExactly(1, 2, 7, -3);
            BinaryKernels.div(x, Arena.of(dtype, Shape.of(1), n), y).run();
            assertThat(Arena.toDoubles(y)).containsExactly(1, 2, 7, -3);
            INDArray mean = Arena.create(dtype, Shape.of());
            INDArray ones = Arena.create(dtype, Shape.of(n));
            Vectors.fill(ones, 0.1);
            ReductionKernels.sum(ones, new int[] {0}, n, mean).run();
            if (dtype == DType.FLOAT32) {
                assertThat(Arena.toDoubles(mean)).containsExactly(0.1f);
            }
        }
    }

    @Test
    void sumsAndMeansDoNotOverflowBeforeTheirResult() {
        double[] huge = {1.5e308, 1.5e308, -1.5e308, 1e308};
        assertSum(DType.FLOAT64, huge, 1, Double.POSITIVE_INFINITY);
        assertSum(DType.FLOAT64, new double[] {1.5e308, 1.5e308, -1.5e308, -1e308}, 1, 0.5e308);
        assertSum(DType.FLOAT64, huge, 4, 0.625e308);
        assertSum(DType.FLOAT32, new double[] {3e38, 3e38, 3e38, 3e38}, 4, (float) 3e38);
        assertSum(DType.FLOAT32, new double[] {3e38, 3e38, -3e38, 0}, 1, (float) 3e38);
        assertSum(DType.FLOAT64, new double[] {1, Double.POSITIVE_INFINITY, 0, 2}, 4, Double.POSITIVE_INFINITY);
        assertSum(
                DType.FLOAT64, new double[] {1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2}, 4, Double.NaN);
    }

    private static void assertSum(DType dtype, double[] numbers, double divisor, double expected) {
        INDArray x = Arena.of(dtype, Shape.of(4, 1), numbers);
        INDArray columns = Arena.of(
                dtype,
                Shape.of(4, 2),
                Arrays.stream(numbers).flatMap(v -> DoubleStream.of(v, 1)).toArray());
        INDArray one = Arena.create(dtype, Shape.of(1));
        INDArray two = Arena.create(dtype, Shape.of(2));
        ReductionKernels.sum(x, new int[] {0}, divisor, one).run();
        ReductionKernels.sum(columns, new int[] {0}, divisor, two).run();
        double found = Arena.toDoubles(one)[0];
        assertThat(Arena.toDoubles(two)).containsExactly(found, 4 / divisor);
        if (Double.isFinite(expected)) {
            assertThat(Math.abs(found / expected - 1)).isLessThan(1e-15);
        } else {
            assertThat(Double.valueOf(found)).isEqualTo(Double.valueOf(expected));
        }
    }
}
