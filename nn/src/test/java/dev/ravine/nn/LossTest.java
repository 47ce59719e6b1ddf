package dev.ravine.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.autodiff.Autodiff;
import dev.ravine.autodiff.DerivativeContract;
import dev.ravine.autodiff.GraphLinearization;
import dev.ravine.autodiff.Tensor;
import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.kernels.Vectors;
import dev.ravine.nn.layers.Activation;
import dev.ravine.nn.layers.Linear;
import dev.ravine.nn.layers.Sequential;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LossTest {
    private static final int CASES = 4;
    private static final int WIDTH = 3;
    private static final double[] Z = FiniteDifferences.gaussian(1, CASES * WIDTH);
    private static final int[] LABELS = {2, 0, 1, 2};

    /** Of a residual or a logit z and a target y. */
    @FunctionalInterface
    private interface Formula {
        double of(double z, double y);
    }

    private static Tensor matrix(double... values) {
        return Tensor.constant(DType.FLOAT64, Shape.of(values.length / WIDTH, WIDTH), values);
    }

    private static Tensor vector(double... values) {
        return Tensor.constant(DType.FLOAT64, Shape.of(values.length), values);
    }

    private static Tensor labels(long... labels) {
        return Tensor.constant(Arena.ofIntegers(labels));
    }

    private static double[] numbers(Tensor t) {
        return Arena.toDoubles(t.value());
    }

    private static double[] targets() {
        double[] y = FiniteDifferences.gaussian(2, CASES * WIDTH);
        Arrays.setAll(y, i -> 1 / (1 + Math.exp(-y[i])));
        return y;
    }

    private static double bce(double z, double y) {
        double p = 1 / (1 + Math.exp(-z));
        return -y * Math.log(p) - (1 - y) * Math.log(1 - p);
    }

    private static double squared(double z, double y) {
        return (z - y) * (z - y);
    }

    private static Formula huber(double delta) {
        return (z, y) -> {
            double r = Math.abs(z - y);
            return r <= delta ? r * r / 2 : delta * (r - delta / 2);
        };
    }

    private static double[] softmax(double... row) {
        double[] p = Arrays.stream(row).map(Math::exp).toArray();
        double sum = Arrays.stream(p).sum();
        return Arrays.stream(p).map(e -> e / sum).toArray();
    }

    private static double[] row(double[] of, int c) {
        return Arrays.copyOfRange(of, c * WIDTH, (c + 1) * WIDTH);
    }

    // ---- values -----------------------------------------------------------------------------------------------

    static Stream<Arguments> elementwise() {
        return Stream.of(
                Arguments.of(Loss.binaryCrossEntropy(), (Formula) LossTest::bce, true),
                Arguments.of(new Loss.BinaryCrossEntropy(Reduction.SUM), (Formula) LossTest::bce, false),
                Arguments.of(Loss.meanSquaredError(), (Formula) LossTest::squared, true),
                Arguments.of(new Loss.SquaredError(Reduction.SUM), (Formula) LossTest::squared, false),
                Arguments.of(Loss.huber(0.8), huber(0.8), true),
                Arguments.of(new Loss.Huber(0.3, Reduction.SUM), huber(0.3), false));
    }

    private static double[] elements(Formula formula, double[] y) {
        double[] element = new double[Z.length];
        Arrays.setAll(element, i -> formula.of(Z[i], y[i]));
        return element;
    }

    @ParameterizedTest
    @MethodSource("elementwise")
    void lossesAreTheirFormulasAndReduceLikePyTorch(Loss loss, Formula formula, boolean mean) {
        double[] y = targets();
        double[] element = elements(formula, y);
        double[] example = new double[CASES];
        Arrays.setAll(example, c -> Arrays.stream(row(element, c)).sum() / (mean ? WIDTH : 1));
        double total = Arrays.stream(element).sum();
        Tensor z = matrix(Z);
        Tensor t = matrix(y);
        assertThat(numbers(loss.perExample(z, t))).containsExactly(example, within(1e-14));
        double overall = mean ? total / element.length : total / CASES;
        assertThat(loss.of(z, t).scalar()).isCloseTo(overall, within(1e-14));
        assertThat(loss.of(z, t, Reduction.MEAN).scalar()).isCloseTo(overall, within(1e-14));
        assertThat(loss.of(z, t, Reduction.SUM).scalar()).isCloseTo(overall * CASES, within(1e-13));
        assertThat(loss.of(z, t).shape()).isEqualTo(Shape.of());
    }

    @ParameterizedTest
    @MethodSource("elementwise")
    void anExampleMayHaveOneOutputOrManyAxes(Loss loss, Formula formula, boolean mean) {
        double[] y = targets();
        double[] element = elements(formula, y);
        assertThat(numbers(loss.perExample(vector(Z), vector(y)))).containsExactly(element, within(1e-14));
        assertThat(loss.of(vector(Z), vector(y), Reduction.SUM).scalar())
                .isCloseTo(Arrays.stream(element).sum(), within(1e-13));
        Shape stack = Shape.of(2, 2, 3);
        double[] halves = {
            Arrays.stream(element, 0, 6).sum() / (mean ? 6 : 1),
            Arrays.stream(element, 6, 12).sum() / (mean ? 6 : 1)
        };
        assertThat(numbers(loss.perExample(vector(Z).reshape(stack), vector(y).reshape(stack))))
                .containsExactly(halves, within(1e-13));
    }

    @Test
    void softmaxCrossEntropyIsItsFormulaForLabelsAndForProbabilities() {
        double[] ofLabels = new double[CASES];
        double[] ofMixtures = new double[CASES];
        double[] mixture = new double[Z.length];
        double[] oneHot = new double[Z.length];
        for (int c = 0; c < CASES; c++) {
            double[] p = softmax(row(Z, c));
            double[] q = softmax(row(targets(), c));
            ofLabels[c] = -Math.log(p[LABELS[c]]);
            oneHot[c * WIDTH + LABELS[c]] = 1;
            for (int k = 0; k < WIDTH; k++) {
                ofMixtures[c] -= q[k] * Math.log(p[k]);
                mixture[c * WIDTH + k] = q[k];
            }
        }
        Loss loss = Loss.softmaxCrossEntropy();
        Tensor z = matrix(Z);
        Tensor integers = labels(Arrays.stream(LABELS).asLongStream().toArray());
        assertThat(numbers(loss.perExample(z, integers))).containsExactly(ofLabels, within(1e-14));
        assertThat(numbers(loss.perExample(z, matrix(oneHot)))).isEqualTo(numbers(loss.perExample(z, integers)));
        assertThat(numbers(loss.perExample(z, matrix(mixture)))).containsExactly(ofMixtures, within(1e-14));
        double sum = Arrays.stream(ofLabels).sum();
        assertThat(loss.of(z, integers).scalar()).isCloseTo(sum / CASES, within(1e-14));
        assertThat(loss.of(z, integers, Reduction.SUM).scalar()).isCloseTo(sum, within(1e-14));
    }

    // ---- large logits -----------------------------------------------------------------------------------------

    private static void assertFinite(Loss loss, Tensor z, Tensor t) {
        Tensor value = loss.of(z, t, Reduction.SUM);
        assertThat(Vectors.firstNonFinite(value.value())).isEqualTo(-1);
        assertThat(Vectors.firstNonFinite(Autodiff.gradient(value, z).value())).isEqualTo(-1);
        Tensor v = z.filled(0.5).add(z.mul(0));
        assertThat(Vectors.firstNonFinite(Autodiff.hvp(value, z, v).value())).isEqualTo(-1);
    }

    private static DType[] floating() {
        return new DType[] {DType.FLOAT32, DType.FLOAT64};
    }

    @ParameterizedTest
    @MethodSource("floating")
    void largeLogitsNeitherOverflowNorLoseTheLoss(DType dtype) {
        Shape shape = Shape.of(4, 3);
        Tensor z = Tensor.constant(dtype, shape, 1000, -1000, 0, 1000, -1000, 0, 1000, 1000, 1000, -1000, -1000, -1000);
        Loss softmax = Loss.softmaxCrossEntropy();
        double ln3 = Math.log(3);
        double[] expected = {0, 2000, ln3, ln3};
        assertThat(numbers(softmax.perExample(z, labels(0, 1, 2, 0)))).containsExactly(expected, within(1e-4));
        assertFinite(softmax, z, labels(0, 1, 2, 0));

        Loss logistic = new Loss.BinaryCrossEntropy(Reduction.SUM);
        Tensor column = Tensor.constant(dtype, Shape.of(4), 1000, -1000, 1000, -1000);
        Tensor t = Tensor.constant(dtype, Shape.of(4), 1, 0, 0, 1);
        assertThat(numbers(logistic.perExample(column, t))).containsExactly(0, 0, 1000, 1000);
        assertFinite(logistic, column, t);
        Tensor target = Tensor.constant(dtype, shape, new double[12]);
        assertFinite(Loss.meanSquaredError(), z, target);
        assertFinite(Loss.huber(1), z, target);
    }

    // ---- errors -----------------------------------------------------------------------------------------------

    static Stream<Arguments> named() {
        return Stream.of(
                Arguments.of(Loss.softmaxCrossEntropy(), "softmaxCrossEntropy"),
                Arguments.of(Loss.binaryCrossEntropy(), "binaryCrossEntropy"),
                Arguments.of(Loss.meanSquaredError(), "squaredError"),
                Arguments.of(Loss.huber(1), "huber"));
    }

    @ParameterizedTest
    @MethodSource("named")
    void targetsOfAnotherShapeAreRefusedNamingBoth(Loss loss, String name) {
        assertThatThrownBy(() -> loss.of(matrix(Z), vector(1, 2, 3)))
                .as("a vector would broadcast")
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("[4, 3]")
                .hasMessageContaining("[3]");
        assertThatThrownBy(() -> loss.of(matrix(Z), vector(new double[4]).reshape(4, 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("[4, 1]");
    }

    @ParameterizedTest
    @MethodSource("named")
    void targetsOfAnotherDtypeAreRefusedNamingBoth(Loss loss, String name) {
        assertThatThrownBy(() -> loss.of(matrix(Z), Tensor.fill(DType.FLOAT32, Shape.of(4, 3), 0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("FLOAT64 [4, 3]")
                .hasMessageContaining("found FLOAT32 [4, 3]");
        Tensor integers = Tensor.constant(Arena.create(DType.INT64, Shape.of(4, 3)));
        assertThatThrownBy(() -> loss.of(matrix(Z), integers))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("found INT64 [4, 3]");
    }

    @Test
    void softmaxNeedsAMatrixOfLogits() {
        assertThatThrownBy(() -> Loss.softmaxCrossEntropy().of(vector(1, 2, 3), labels(0, 1, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("outputs must be [cases, classes], found [3]");
        assertThatThrownBy(() -> Loss.softmaxCrossEntropy().of(matrix(Z), labels(0, 1, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[4, 3]")
                .hasMessageContaining("found INT64 [3]");
    }

    @Test
    void labelsOutOfRangeAreRefused() {
        Loss loss = Loss.softmaxCrossEntropy();
        assertThatThrownBy(() -> loss.of(matrix(Z), labels(0, 3, 1, 2)).scalar())
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("index 3 at position 1 is outside of 0..2");
        assertThatThrownBy(() -> loss.of(matrix(Z), labels(0, 2, 1, -1)).scalar())
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("index -1 at position 3 is outside of 0..2");
    }

    @Test
    void huberNeedsAPositiveDelta() {
        for (double delta : new double[] {0, -1, Double.NaN}) {
            assertThatThrownBy(() -> Loss.huber(delta))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("delta must be positive, found " + delta);
        }
    }

    // ---- derivatives ------------------------------------------------------------------------------------------

    /** A constant target in the dtype of the outputs; far from or near to them for Huber's two branches. */
    private static Tensor target(Tensor outputs, double shift) {
        double[] y = targets();
        Arrays.setAll(y, i -> y[i] + shift);
        return Tensor.constant(outputs.dtype(), outputs.shape(), y);
    }

    static Stream<Arguments> differentiable() {
        return Stream.of(
                Arguments.of(Loss.binaryCrossEntropy(), 0.0),
                Arguments.of(new Loss.BinaryCrossEntropy(Reduction.SUM), 0.0),
                Arguments.of(Loss.meanSquaredError(), 0.0),
                Arguments.of(new Loss.SquaredError(Reduction.SUM), 0.0),
                Arguments.of(Loss.huber(4), 0.0),
                Arguments.of(Loss.huber(0.5), 4.0),
                Arguments.of(new Loss.Huber(0.5, Reduction.SUM), -4.0),
                Arguments.of(Loss.softmaxCrossEntropy(), 0.0));
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void lossesKeepTheDerivativeContractInTheirOutputs(Loss loss, double shift) {
        String name = loss.toString();
        for (Reduction reduction : Reduction.values()) {
            DerivativeContract.of(name, in -> loss.of(in.get(0), target(in.get(0), shift), reduction))
                    .input(Shape.of(CASES, WIDTH))
                    .check();
        }
        DerivativeContract.of(name + " of each example", in -> loss.perExample(in.get(0), target(in.get(0), shift)))
                .input(Shape.of(CASES, WIDTH))
                .check();
        DerivativeContract.of(name + " in both", in -> loss.perExample(in.get(0), in.get(1)))
                .between(-1, 1)
                .input(Shape.of(CASES, WIDTH))
                .between(-1 + shift, 1 + shift)
                .input(Shape.of(CASES, WIDTH))
                .check();
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void softmaxOfLabelsKeepsTheDerivativeContract(Reduction reduction) {
        DerivativeContract.of("softmax", in -> Loss.softmaxCrossEntropy().of(in.get(0), in.get(1), reduction))
                .input(Shape.of(5, 4))
                .indices(Shape.of(5), 4)
                .check();
    }

    @Test
    void hubersSecondDerivativeIsOneInsideAndZeroBeyond() {
        Tensor z = vector(0, 0.49, -0.49, 0.51, -7);
        Tensor value = Loss.huber(0.5).of(z, vector(new double[5]), Reduction.SUM);
        assertThat(numbers(Autodiff.hvp(value, z, vector(1, 1, 1, 1, 1)))).containsExactly(1, 1, 1, 0, 0);
    }

    // ---- Gauss-Newton -----------------------------------------------------------------------------------------

    /** The loss's Hessian at the outputs themselves, from the Gauss-Newton product whose Jacobian is the identity. */
    private static double[] outputCurvature(Loss loss, Tensor z, Tensor t, double... v) {
        Tensor value = loss.of(z, t, Reduction.SUM);
        return numbers(Autodiff.gaussNewtonVector(value, z, z, matrix(v)));
    }

    @Test
    void curvatureAtTheOutputsIsTheTextbookFormula() {
        double[] v = FiniteDifferences.gaussian(3, Z.length);
        double[] softmax = new double[Z.length];
        double[] logistic = new double[Z.length];
        double[] squared = new double[Z.length];
        for (int c = 0; c < CASES; c++) {
            double[] p = softmax(row(Z, c));
            double[] u = row(v, c);
            double pu = p[0] * u[0] + p[1] * u[1] + p[2] * u[2];
            for (int k = 0; k < WIDTH; k++) {
                int i = c * WIDTH + k;
                double q = 1 / (1 + Math.exp(-Z[i]));
                softmax[i] = p[k] * u[k] - p[k] * pu;
                logistic[i] = q * (1 - q) * u[k];
                squared[i] = 2 * u[k];
            }
        }
        Tensor z = matrix(Z);
        Tensor y = matrix(targets());
        assertThat(outputCurvature(Loss.softmaxCrossEntropy(), z, labels(2, 0, 1, 2), v))
                .containsExactly(softmax, within(1e-15));
        assertThat(outputCurvature(new Loss.BinaryCrossEntropy(Reduction.SUM), z, y, v))
                .containsExactly(logistic, within(1e-15));
        assertThat(outputCurvature(new Loss.SquaredError(Reduction.SUM), z, y, v))
                .containsExactly(squared, within(1e-15));
        Arrays.setAll(logistic, i -> logistic[i] / WIDTH);
        assertThat(outputCurvature(Loss.binaryCrossEntropy(), z, y, v)).containsExactly(logistic, within(1e-15));
    }

    static Stream<Loss> convex() {
        return Stream.of(
                Loss.softmaxCrossEntropy(), Loss.binaryCrossEntropy(), Loss.meanSquaredError(), Loss.huber(0.5));
    }

    @ParameterizedTest
    @MethodSource("convex")
    void gaussNewtonOfAConvexLossHasNoNegativeDirectionWhereTheHessianHas(Loss loss) {
        Sequential model = new Sequential(
                new Linear(3, 5, Initializer.normal(1.5)),
                Activation.tanh(),
                new Linear(5, WIDTH, Initializer.normal(1.5)));
        ParameterVector theta = model.initialize(DType.FLOAT64, 42);
        Tensor z = model.apply(matrix(FiniteDifferences.gaussian(4, CASES * 3)));
        Tensor t = loss instanceof Loss.SoftmaxCrossEntropy ? labels(2, 0, 1, 2) : matrix(targets());
        int n = (int) theta.size();
        INDArray out = Arena.create(DType.FLOAT64, Shape.of(n));
        double lowest = Double.POSITIVE_INFINITY;
        double lowestOfHessian = Double.POSITIVE_INFINITY;
        try (var at = GraphLinearization.of(loss.of(z, t), z, FiniteDifferences.variables(model))) {
            for (int s = 0; s < 200; s++) {
                INDArray v = Arena.of(DType.FLOAT64, Shape.of(n), FiniteDifferences.gaussian(s, n));
                at.gaussNewton(v, out);
                lowest = Math.min(lowest, Vectors.dot(v, out));
                at.hessian(v, out);
                lowestOfHessian = Math.min(lowestOfHessian, Vectors.dot(v, out));
            }
        }
        assertThat(lowest).isGreaterThanOrEqualTo(0);
        assertThat(lowestOfHessian).as("v'Hv, so that the test can fail").isNegative();
    }

    @Test
    void onlyHuberIsNoExponentialFamilyInItsOutputs() {
        assertThat(Loss.softmaxCrossEntropy().fisherIsGaussNewton()).isTrue();
        assertThat(Loss.binaryCrossEntropy().fisherIsGaussNewton()).isTrue();
        assertThat(Loss.meanSquaredError().fisherIsGaussNewton()).isTrue();
        assertThat(Loss.huber(1).fisherIsGaussNewton()).isFalse();
    }
}
