package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ravine.core.Arena;
import dev.ravine.core.Canvas;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class VectorsTest {
    private static final int LONG = 1_000_003;

    @EachFloatType
    void dotAndNormAccumulateInDoublePrecision(DType dtype) {
        INDArray x = random(dtype, LONG, 1);
        INDArray y = random(dtype, LONG, 2);
        double[] a = Arena.toDoubles(x);
        double[] b = Arena.toDoubles(y);
        double dot = 0;
        double squares = 0;
        for (int i = 0; i < LONG; i++) {
            dot += a[i] * b[i];
            squares += a[i] * a[i];
        }
        // Positive numbers: nothing cancels, so that a relative bound makes sense.
        assertThat(Vectors.dot(x, y)).isCloseTo(dot, withinPercentage(1e-10));
        assertThat(Vectors.norm(x)).isCloseTo(Math.sqrt(squares), withinPercentage(1e-10));
    }

    @EachFloatType
    void arithmeticMatchesTheLoopOnViews(DType dtype) {
        for (int n : new int[] {0, 1, 2, 3, 4, 5, 67}) {
            Canvas canvas = new Canvas(dtype, true);
            Rng rng = new Rng(n);
            INDArray x = canvas.random(Shape.of(n), rng, 0.5, 2);
            INDArray y = canvas.random(Shape.of(n), rng, 0.5, 2);
            double[] a = Arena.toDoubles(x);
            double[] b = Arena.toDoubles(y);
            Vectors.axpy(-0.5, x, y);
            assertElements(y, i -> b[i] - 0.5 * a[i], dtype);
            Vectors.scale(3, x);
            assertElements(x, i -> 3 * a[i], dtype);
            Vectors.copy(x, y);
            assertThat(Arena.toDoubles(y)).containsExactly(Arena.toDoubles(x));
            Vectors.fill(y, 2);
            assertElements(y, i -> 2, dtype);
            Vectors.divide(x, y, y);
            assertElements(y, i -> 1.5 * a[i], dtype);
            Vectors.divide(x, x, x);
            assertElements(x, i -> 1, dtype);
            assertThat(Vectors.firstNonFinite(x)).isEqualTo(-1);
            canvas.assertNothingWrittenAround();
        }
    }

    private static INDArray of(double... numbers) {
        return Arena.of(DType.FLOAT64, Shape.of(numbers.length), numbers);
    }

    @Test
    void normsNeitherOverflowNorUnderflowBeforeTheirResult() {
        assertThat(Vectors.norm(of(3e200, 4e200))).isCloseTo(5e200, within(1e185));
        assertThat(Vectors.norm(of(3e-200, -4e-200))).isCloseTo(5e-200, within(1e-215));
        assertThat(Vectors.norm(of(1e-170, 1e-160))).isCloseTo(1e-160, within(1e-175));
        assertThat(Vectors.norm(of(3 * Double.MIN_VALUE, 4 * Double.MIN_VALUE))).isEqualTo(5 * Double.MIN_VALUE);
        assertThat(Vectors.norm(of(Double.MAX_VALUE, 0))).isEqualTo(Double.MAX_VALUE);
        assertThat(Vectors.norm(of(Double.MAX_VALUE, Double.MAX_VALUE))).isInfinite();
        assertThat(Vectors.norm(of(0, 0))).isZero();
        assertThat(Vectors.norm(of())).isZero();
        assertThat(Vectors.norm(of(Double.NEGATIVE_INFINITY, 1))).isInfinite();
        assertThat(Vectors.norm(of(Double.NaN, 1e200))).isNaN();
        Rng rng = new Rng(3);
        double[] ordinary = new double[1000];
        Arrays.setAll(ordinary, i -> rng.nextGaussian());
        double norm = Vectors.norm(of(ordinary));
        for (int exponent : new int[] {-1000, -600, -500, 480, 600, 900}) {
            double[] scaled =
                    Arrays.stream(ordinary).map(v -> Math.scalb(v, exponent)).toArray();
            assertThat(Vectors.norm(of(scaled)) / Math.scalb(norm, exponent)).isCloseTo(1, within(1e-14));
        }
        INDArray single = Arena.of(DType.FLOAT32, Shape.of(2), 3e38, Float.MIN_VALUE);
        assertThat(Vectors.norm(single)).isEqualTo((float) 3e38);
    }

    @Test
    void dotProductsNeitherOverflowNorUnderflowBeforeTheirResult() {
        assertThat(Vectors.dot(of(1e200, 1e200), of(1e200, -1e200))).isZero();
        assertThat(Vectors.dot(of(1e300, 1e300, 2), of(1e300, -1e300, 3))).isZero();
        assertThat(Vectors.dot(of(1e-200, 1e-200), of(1e-120, 3e-120))).isCloseTo(4e-320, within(2 * Double.MIN_VALUE));
        assertThat(Vectors.dot(of(3e-170, 1), of(1e-150, 0))).isCloseTo(3e-320, within(2 * Double.MIN_VALUE));
        assertThat(Vectors.dot(of(1e200, 3), of(1e200, 1))).isInfinite();
        assertThat(Vectors.dot(of(-1e200, 3), of(1e200, 1))).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Vectors.dot(of(Double.POSITIVE_INFINITY, 1), of(0, 1))).isNaN();
        assertThat(Vectors.dot(of(1, -1), of(2, 2))).isZero();
        assertThat(Vectors.dot(Elements.of(of(9, 1e200, 1e200, 9)), Elements.of(of(9, 1e200, -1e200, 9)), 1, 3))
                .isZero();
    }

    @EachFloatType
    void theFirstNonFiniteElementIsFound(DType dtype) {
        INDArray x = Arena.of(dtype, Shape.of(2, 2), 1, 2, Double.NaN, Double.NEGATIVE_INFINITY);
        assertThat(Vectors.firstNonFinite(x)).isEqualTo(2);
        Elements.of(x).set(0, Double.POSITIVE_INFINITY);
        assertThat(Vectors.firstNonFinite(x)).isZero();
    }

    @Test
    void lengthsAndDtypesMustAgree() {
        INDArray three = Arena.create(DType.FLOAT32, Shape.of(3));
        INDArray four = Arena.create(DType.FLOAT32, Shape.of(4));
        INDArray doubles = Arena.create(DType.FLOAT64, Shape.of(3));
        assertThatThrownBy(() -> Vectors.dot(three, four))
                .isInstanceOf(ShapeException.class)
                .hasMessage("dot: vectors have different lengths, 3 (the first) and 4 (the second)");
        assertThatThrownBy(() -> Vectors.axpy(1, three, four)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Vectors.copy(three, four)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Vectors.divide(three, four, three)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Vectors.divide(three, three, four)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Vectors.axpy(1, three, doubles))
                .isInstanceOf(ShapeException.class)
                .hasMessage("axpy: vectors have different dtypes, FLOAT32 (the first) and FLOAT64 (the second)");
        assertThatThrownBy(() -> Vectors.copy(three, doubles)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Vectors.divide(three, doubles, three)).isInstanceOf(ShapeException.class);
    }

    @Test
    void integersCannotBeScaled() {
        INDArray labels = Arena.ofIntegers(1, 2);
        assertThatThrownBy(() -> Vectors.scale(2, labels)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Vectors.axpy(2, labels, labels)).isInstanceOf(ShapeException.class);
    }

    @Test
    void integersAreCopied() {
        INDArray to = Arena.ofIntegers(0, 0);
        Vectors.copy(Arena.ofIntegers(5, 6), to);
        assertThat(Arena.toDoubles(to)).containsExactly(5, 6);
    }

    @FunctionalInterface
    private interface Expected {
        double at(int i);
    }

    private static void assertElements(INDArray found, Expected expected, DType dtype) {
        double[] values = Arena.toDoubles(found);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i])
                    .as("element %d of %d", i, values.length)
                    .isCloseTo(expected.at(i), withinPercentage(dtype == DType.FLOAT32 ? 1e-4 : 1e-12));
        }
    }

    private static INDArray random(DType dtype, int n, long seed) {
        INDArray x = Arena.create(dtype, Shape.of(n));
        Elements out = Elements.of(x);
        Rng rng = new Rng(seed);
        for (int i = 0; i < n; i++) {
            out.set(i, rng.nextDouble());
        }
        return x;
    }

    @EachFloatType
    void sumsOfSeveralVectorsDoNotDependOnTheNumberOfThreads(DType dtype) {
        int n = 100_003;
        List<Elements> parts = new ArrayList<>();
        double[] expected = new double[n];
        for (int k = 0; k < 3; k++) {
            INDArray part = Arena.create(dtype, Shape.of(n));
            Elements elements = Elements.of(part);
            for (int i = 0; i < n; i++) {
                elements.set(i, Math.sin(i + 1000.0 * k));
                expected[i] += 0.5 * elements.get(i);
            }
            parts.add(elements);
        }
        INDArray alone = Arena.create(dtype, Shape.of(n));
        INDArray shared = Arena.create(dtype, Shape.of(n));
        INDArray inRounds = Arena.create(dtype, Shape.of(n));
        try (Workers one = new Workers(1);
                Workers three = new Workers(3)) {
            SharedVectors.sum(0.5, parts, true, alone, one);
            SharedVectors.sum(0.5, parts, true, shared, three);
            SharedVectors.sum(0.5, parts.subList(0, 2), true, inRounds, three);
            SharedVectors.sum(0.5, parts.subList(2, 3), false, inRounds, three);
            INDArray copied = Arena.create(dtype, Shape.of(n));
            SharedVectors.copy(shared, copied, three);
            assertThat(Arena.toDoubles(copied)).containsExactly(Arena.toDoubles(shared));
        }
        assertThat(Arena.toDoubles(shared)).containsExactly(Arena.toDoubles(alone));
        assertThat(Arena.toDoubles(inRounds)).containsExactly(Arena.toDoubles(alone));
        assertThat(Arena.toDoubles(alone)).containsExactly(expected, within(dtype == DType.FLOAT32 ? 3e-7 : 1e-15));
    }

    @EachFloatType
    void sharedWorkHasTheBitsOfOneThread(DType dtype) {
        int n = 100_003;
        INDArray x = random(dtype, n, 3);
        INDArray alone = Arena.copyOf(x);
        Vectors.scale(-0.3, alone);
        try (Workers three = new Workers(3)) {
            SharedVectors.scale(-0.3, x, three);
            assertThat(Arena.toDoubles(x)).isEqualTo(Arena.toDoubles(alone));
            assertThat(SharedVectors.isFinite(x, three)).isTrue();
            for (int i : new int[] {0, 33_333, 70_000, n - 1}) {
                for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
                    double before = Elements.of(x).get(i);
                    Elements.of(x).set(i, bad);
                    assertThat(SharedVectors.isFinite(x, three)).isFalse();
                    assertThat(Vectors.firstNonFinite(x)).isEqualTo(i);
                    Elements.of(x).set(i, before);
                }
            }
        }
    }

    /** Their sum is beyond the range, but each is in it. */
    @EachFloatType
    void hugeNumbersAreFinite(DType dtype) {
        INDArray x = Arena.create(dtype, Shape.of(1000));
        Vectors.fill(x, dtype == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE);
        assertThat(Vectors.firstNonFinite(x)).isEqualTo(-1);
        assertThat(SharedVectors.isFinite(x, Workers.CALLER)).isTrue();
        Elements.of(x).set(999, Double.NaN);
        assertThat(Vectors.firstNonFinite(x)).isEqualTo(999);
        assertThat(SharedVectors.isFinite(x, Workers.CALLER)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void equalComparesNumbers(DType dtype) {
        for (int n : new int[] {0, 1, 7, 100}) {
            Canvas canvas = new Canvas(dtype, true);
            INDArray x = canvas.random(Shape.of(n), new Rng(n), 0, 9);
            INDArray y = Arena.copyOf(x);
            assertThat(Vectors.equal(x, x)).isTrue();
            assertThat(Vectors.equal(x, y)).isTrue();
            assertThat(Vectors.equal(y, x)).isTrue();
            if (n > 0) {
                Elements.of(y).set(n - 1, 10);
                assertThat(Vectors.equal(x, y)).isFalse();
                assertThat(Vectors.equal(y, x)).isFalse();
            }
        }
    }

    @EachFloatType
    void equalTakesNotANumberForEqualAndZerosOfBothSigns(DType dtype) {
        INDArray x = Arena.of(dtype, Shape.of(4), 0, Double.NaN, Double.POSITIVE_INFINITY, 1);
        INDArray y = Arena.of(dtype, Shape.of(4), -0.0, Double.NaN, Double.POSITIVE_INFINITY, 1);
        assertThat(Vectors.equal(x, y)).isTrue();
        Elements.of(y).set(2, Double.NEGATIVE_INFINITY);
        assertThat(Vectors.equal(x, y)).isFalse();
        Elements.of(y).set(2, Double.NaN);
        assertThat(Vectors.equal(x, y)).isFalse();
    }

    @Test
    void equalNeedsVectorsOfOneKind() {
        INDArray x = Arena.create(DType.FLOAT64, Shape.of(3));
        assertThatThrownBy(() -> Vectors.equal(x, Arena.create(DType.FLOAT64, Shape.of(4))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("equal");
        assertThatThrownBy(() -> Vectors.equal(x, Arena.create(DType.FLOAT32, Shape.of(3))))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("FLOAT32");
    }
}
