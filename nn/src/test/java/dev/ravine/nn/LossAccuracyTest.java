package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses keep their digits when they are tiny, huge or masked: values, gradients and second derivatives. */
class LossAccuracyTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double LN2 = 0.6931471805599453;
    private static final Loss SOFTMAX = Loss.softmaxCrossEntropy();
    private static final Loss LOGISTIC = new Loss.BinaryCrossEntropy(Reduction.SUM);

    private static double precision(DType dtype) {
        return dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
    }

    private static void assertClose(double[] found, double[] expected, DType dtype, String what) {
        assertClose(found, expected, dtype, precision(dtype), what);
    }

    private static void assertClose(double[] found, double[] expected, DType dtype, double relative, String what) {
        double tiny = dtype == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        assertThat(found).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            boolean equal = found[i] == expected[i];
            double error = equal ? 0 : Math.abs(found[i] - expected[i]);
            assertThat(error)
                    .as("%s, %s, element %s: %s, expected %s", what, dtype, i, found[i], expected[i])
                    .isLessThanOrEqualTo(relative * Math.abs(expected[i]) + tiny);
        }
    }

    private static double[] numbers(Tensor t) {
        return Arena.toDoubles(t.value());
    }

    private static Tensor row(DType dtype, double... logits) {
        return Tensor.constant(dtype, Shape.of(1, logits.length), logits);
    }

    private static Tensor label(long label) {
        return Tensor.constant(Arena.ofIntegers(label));
    }

    private static Tensor oneHot(DType dtype, int classes, int label) {
        double[] weights = new double[classes];
        weights[label] = 1;
        return row(dtype, weights);
    }

    // ---- softmax ------------------------------------------------------------------------------------------------

    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of(new double[] {1, 2, -INF}, 0, 1.3132616875182228),
                Arguments.of(new double[] {1, 2, -INF}, 1, 0.31326168751822286),
                Arguments.of(new double[] {1, 2, -INF}, 2, INF),
                Arguments.of(new double[] {1e8, 1e8}, 0, LN2),
                Arguments.of(new double[] {-1e30, -1e30}, 1, LN2),
                Arguments.of(new double[] {1000, 990}, 0, 4.539889921686465e-5),
                Arguments.of(new double[] {1000, 990}, 1, 10.000045398899216),
                Arguments.of(new double[] {20, 0}, 0, 2.0611536203143807e-9),
                Arguments.of(new double[] {20, 0}, 1, 20.000000002061153),
                Arguments.of(new double[] {0, 60}, 1, 8.756510762696520e-27),
                Arguments.of(new double[] {7}, 0, 0.0),
                Arguments.of(new double[] {5, -INF}, 0, 0.0),
                Arguments.of(new double[] {-3e38, 3e38}, 1, 0.0));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void crossEntropyOfKnownRows(double[] logits, int label, double expected) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Tensor z = row(dtype, logits);
            double[] right = {expected};
            String what = Arrays.toString(logits);
            assertClose(numbers(SOFTMAX.perExample(z, label(label))), right, dtype, what);
            assertClose(numbers(SOFTMAX.perExample(z, oneHot(dtype, logits.length, label))), right, dtype, what);
            assertClose(numbers(z.logSoftmax(1).slice(1, label, label + 1)), new double[] {-expected}, dtype, what);
        }
    }

    /**
     * Sums of positive terms, measured from the label: loss ln(1 + S), gradient p and -S / (1 + S) at the label, and
     * Hessian product p_j sum_k p_k (v_j - v_k). A difference of logits has half a unit in its last place as error, which
     * an exponential turns into a relative one.
     */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 1", "FLOAT32, 10", "FLOAT32, 40", "FLOAT64, 1", "FLOAT64, 30", "FLOAT64, 100"})
    void crossEntropyOfRandomRows(DType dtype, double scale) {
        Rng rng = new Rng(7);
        for (int trial = 0; trial < 100; trial++) {
            int classes = 2 + trial % 5;
            double[] logits = new double[classes];
            Arrays.setAll(logits, i -> (float) (scale * rng.nextGaussian()));
            double others = 0;
            for (int k = 1; k < classes; k++) {
                others += Math.exp(logits[k] - logits[0]);
            }
            double[] p = probabilities(logits);
            double[] gradient = p.clone();
            gradient[0] = -1 / (1 + 1 / others);
            double tolerance = precision(dtype) * (1 + scale / 2);
            String what = Arrays.toString(logits);
            for (Tensor target : List.of(label(0), oneHot(dtype, classes, 0))) {
                Tensor z = row(dtype, logits);
                Tensor loss = SOFTMAX.of(z, target);
                Tensor slope = Autodiff.gradient(loss, z);
                assertClose(numbers(loss), new double[] {Math.log1p(others)}, dtype, tolerance, what);
                assertClose(numbers(slope), gradient, dtype, tolerance, "gradient of " + what);
                for (int k = 0; k < classes; k++) {
                    double[] product = hessianColumn(p, k);
                    Tensor v = oneHot(dtype, classes, k);
                    assertClose(numbers(Autodiff.hvp(loss, z, v)), product, dtype, tolerance, "Hv of " + what);
                    Tensor curvature = Autodiff.gaussNewtonVector(loss, z, z, v);
                    assertClose(numbers(curvature), product, dtype, tolerance, "Gv of " + what);
                }
            }
        }
    }

    private static double[] probabilities(double... logits) {
        return Arrays.stream(logits)
                .map(z -> 1
                        / Arrays.stream(logits)
                                .map(other -> Math.exp(other - z))
                                .sum())
                .toArray();
    }

    /** p_j p_k for the others, minus their sum in the column of k itself: nothing cancels. */
    private static double[] hessianColumn(double[] p, int k) {
        double[] column = new double[p.length];
        for (int j = 0; j < p.length; j++) {
            if (j != k) {
                column[j] = -p[j] * p[k];
                column[k] += p[j] * p[k];
            }
        }
        return column;
    }

    @EachFloatType
    void aMaskedClassIsAsIfItWereNotThere(DType dtype) {
        Tensor z = row(dtype, 0.3, -1.2, 0.9);
        Tensor mask = row(dtype, 0, -INF, 0, 0);
        Tensor padded = Tensor.concat(1, z.slice(1, 0, 1), z.slice(1, 0, 1), z.slice(1, 1, 3));
        Tensor masked = padded.add(mask);
        Tensor v = row(dtype, 1, -2, 0.5);
        for (Tensor target : List.of(label(2), row(dtype, 0.25, 0, 0.5, 0.25))) {
            boolean isLabel = target.dtype() == DType.INT64;
            Tensor same = isLabel ? label(1) : row(dtype, 0.25, 0.5, 0.25);
            Tensor loss = SOFTMAX.of(masked, target);
            Tensor expected = SOFTMAX.of(z, same);
            assertClose(numbers(loss), numbers(expected), dtype, "value");
            assertClose(
                    numbers(Autodiff.gradient(loss, z)), numbers(Autodiff.gradient(expected, z)), dtype, "gradient");
            assertClose(numbers(Autodiff.hvp(loss, z, v)), numbers(Autodiff.hvp(expected, z, v)), dtype, "Hv");
            assertClose(
                    numbers(Autodiff.gaussNewtonVector(loss, masked, z, v)),
                    numbers(Autodiff.gaussNewtonVector(expected, z, z, v)),
                    dtype,
                    "Gv");
        }
    }

    @EachFloatType
    void theMultinomialFamilyKeepsItsDigits(DType dtype) {
        Tensor z = row(dtype, 0, -20);
        assertClose(numbers(z.logSumExp(1)), new double[] {2.0611536203143807e-9}, dtype, "logSumExp");
        Tensor certain = row(dtype, 1000, 990);
        assertClose(
                numbers(certain.logSoftmax(1)),
                new double[] {-4.539889921686465e-5, -10.000045398899216},
                dtype,
                "logSoftmax");
        Tensor one = certain.softmax(1).slice(1, 0, 1).sum();
        double q = 4.5397868702434395e-5;
        assertClose(
                numbers(Autodiff.gradient(one, certain)), new double[] {q * (1 - q), -q * (1 - q)}, dtype, "softmax");
    }

    @EachFloatType
    void rowsWithoutADistributionDoNotPassForOne(DType dtype) {
        Tensor infinite = row(dtype, INF, 3, -INF);
        Tensor nothing = row(dtype, -INF, -INF, -INF);
        assertThat(numbers(infinite.logSumExp(1))).containsExactly(INF);
        assertThat(numbers(nothing.logSumExp(1))).containsExactly(-INF);
        for (Tensor z : List.of(infinite, nothing)) {
            assertThat(Arrays.stream(numbers(z.softmax(1))).sum()).isNaN();
            assertThat(Arrays.stream(numbers(z.logSoftmax(1))).sum()).isNaN();
            assertThat(numbers(SOFTMAX.perExample(z, label(0)))).containsOnly(Double.NaN);
            assertThat(numbers(SOFTMAX.perExample(z, row(dtype, 0.5, 0.5, 0)))).containsOnly(Double.NaN);
        }
    }

    // ---- logistic -----------------------------------------------------------------------------------------------

    static Stream<Arguments> logits() {
        return Stream.of(
                Arguments.of(20.0, 1.0, 2.0611536203143807e-9, -2.0611536181902037e-9, 2.0611536139418494e-9),
                Arguments.of(-20.0, 0.0, 2.0611536203143807e-9, 2.0611536181902037e-9, 2.0611536139418494e-9),
                Arguments.of(40.0, 1.0, 4.248354255291589e-18, -4.248354255291589e-18, 4.248354255291589e-18),
                Arguments.of(-40.0, 0.0, 4.248354255291589e-18, 4.248354255291589e-18, 4.248354255291589e-18),
                Arguments.of(40.0, 0.0, 40.0, 1.0, 4.248354255291589e-18),
                Arguments.of(-40.0, 1.0, 40.0, -1.0, 4.248354255291589e-18),
                Arguments.of(40.0, 0.75, 10.0, 0.25, 4.248354255291589e-18),
                Arguments.of(0.0, 1.0, LN2, -0.5, 0.25),
                Arguments.of(0.0, 0.5, LN2, 0.0, 0.25),
                Arguments.of(1.0, 0.25, 1.0632616875182228, 0.48105857863000488, 0.19661193324148185),
                Arguments.of(INF, 1.0, 0.0, 0.0, 0.0),
                Arguments.of(-INF, 0.0, 0.0, 0.0, 0.0),
                Arguments.of(INF, 0.0, INF, 1.0, 0.0),
                Arguments.of(-INF, 1.0, INF, -1.0, 0.0),
                Arguments.of(INF, 0.5, INF, 0.5, 0.0),
                Arguments.of(3e38, 1.0, 0.0, 0.0, 0.0),
                Arguments.of(-3e38, 1.0, 3e38, -1.0, 0.0));
    }

    @ParameterizedTest
    @MethodSource("logits")
    void binaryCrossEntropyOfKnownLogits(double logit, double target, double value, double slope, double curvature) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Tensor z = Tensor.constant(dtype, Shape.of(1), logit);
            Tensor loss = LOGISTIC.of(z, Tensor.constant(dtype, Shape.of(1), target), Reduction.SUM);
            String what = "logit " + logit + ", target " + target;
            assertClose(numbers(loss), new double[] {value}, dtype, what);
            assertClose(numbers(Autodiff.gradient(loss, z)), new double[] {slope}, dtype, "slope at " + what);
            assertClose(
                    numbers(Autodiff.hvp(loss, z, z.filled(1))),
                    new double[] {curvature},
                    dtype,
                    "curvature at " + what);
            assertClose(
                    numbers(Autodiff.gaussNewtonVector(loss, z, z, z.filled(1))),
                    new double[] {curvature},
                    dtype,
                    "Gauss-Newton at " + what);
        }
    }

    /** For t = 1 the loss is ln(1 + e^-z), its slope -1 / (1 + e^z), its curvature 1 / (2 + e^z + e^-z). */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 80", "FLOAT64, 700"})
    void binaryCrossEntropyOfCertainTargets(DType dtype, double limit) {
        Rng rng = new Rng(5);
        int n = 500;
        double[] z = new double[n];
        double[] t = new double[n];
        double[] value = new double[n];
        double[] slope = new double[n];
        double[] curvature = new double[n];
        for (int i = 0; i < n; i++) {
            z[i] = (float) rng.nextDouble(-limit, limit);
            t[i] = i % 2;
            double sign = 2 * t[i] - 1;
            value[i] = Math.log1p(Math.exp(-sign * z[i]));
            slope[i] = -sign / (1 + Math.exp(sign * z[i]));
            curvature[i] = 1 / (2 + Math.exp(z[i]) + Math.exp(-z[i]));
        }
        Tensor logits = Tensor.constant(dtype, Shape.of(n), z);
        Tensor losses = LOGISTIC.perExample(logits, Tensor.constant(dtype, Shape.of(n), t));
        assertClose(numbers(losses), value, dtype, "value");
        assertClose(numbers(Autodiff.gradient(losses.sum(), logits)), slope, dtype, "slope");
        assertClose(numbers(Autodiff.hvp(losses.sum(), logits, logits.filled(1))), curvature, dtype, "curvature");
    }

    // ---- Huber and squares --------------------------------------------------------------------------------------

    @EachFloatType
    void hubersGradientOfAnInfiniteResidualIsDelta(DType dtype) {
        Tensor z = Tensor.constant(dtype, Shape.of(5), INF, -INF, 1e30, -2, 0.25);
        Tensor loss = new Loss.Huber(0.5, Reduction.SUM).of(z, z.filled(0), Reduction.SUM);
        assertThat(numbers(new Loss.Huber(0.5, Reduction.SUM).perExample(z, z.filled(0))))
                .containsExactly(INF, INF, dtype == DType.FLOAT32 ? (float) 1e30 / 2 : 5e29, 0.875, 0.03125);
        assertThat(numbers(Autodiff.gradient(loss, z))).containsExactly(0.5, -0.5, 0.5, -0.5, 0.25);
        assertThat(numbers(Autodiff.hvp(loss, z, z.filled(1)))).containsExactly(0, 0, 0, 0, 1);
    }

    @Test
    void hubersLossOfHugeAndTinyResidualsDoesNotOverflow() {
        Tensor z = Tensor.constant(DType.FLOAT64, Shape.of(3), 1.5e154, -1e-200, 1e300);
        Tensor first = z.slice(0, 0, 2);
        double[] halfSquares = {1.125e308, 0};
        assertClose(numbers(Loss.huber(INF).perExample(first, first.filled(0))), halfSquares, DType.FLOAT64, "huber");
        assertThat(numbers(Loss.huber(1e-100).perExample(z, z.filled(0)))[2]).isEqualTo(1e300 * 1e-100);
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void aZeroLossIsPositiveZero(Reduction reduction) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Tensor z = row(dtype, 2000, -2000);
            Tensor bits = row(dtype, 1, 0);
            List<Tensor> losses = List.of(
                    SOFTMAX.of(z, label(0), reduction),
                    SOFTMAX.of(z, bits, reduction),
                    LOGISTIC.of(z, bits, reduction),
                    Loss.binaryCrossEntropy().of(z, bits, reduction),
                    Loss.meanSquaredError().of(z, z, reduction),
                    Loss.huber(1).of(z, z, reduction));
            for (Tensor loss : losses) {
                assertThat(Double.toString(loss.scalar())).isEqualTo("0.0");
            }
        }
    }
}
