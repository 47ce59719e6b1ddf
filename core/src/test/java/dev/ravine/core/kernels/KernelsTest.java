package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.Canvas;
import dev.ravine.core.DType;
import dev.ravine.core.EachFloatType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every kernel against a plain loop over Java doubles. */
class KernelsTest {
    private static final long SEED = 20261;
    private static final List<DType> FLOATING = List.of(DType.FLOAT32, DType.FLOAT64);
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;

    private static final List<Shape> SHAPES = List.of(
            Shape.of(),
            Shape.of(1),
            Shape.of(7),
            Shape.of(3, 1),
            Shape.of(1, 4),
            Shape.of(2, 3, 4),
            Shape.of(1, 1, 1),
            Shape.of(37, 5),
            Shape.of(0),
            Shape.of(2, 0, 3));

    // ---- elementwise, one input -------------------------------------------------------------------------------

    @FunctionalInterface
    interface Unary {
        Kernel bind(INDArray x, INDArray y);
    }

    record UnaryCase(String name, Unary kernel, DoubleUnaryOperator reference, double low, double high) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<UnaryCase> UNARY = List.of(
            new UnaryCase("neg", UnaryKernels::neg, x -> -x, -3, 3),
            new UnaryCase("exp", UnaryKernels::exp, Math::exp, -5, 5),
            new UnaryCase("expm1", UnaryKernels::expm1, Math::expm1, -2, 2),
            new UnaryCase("expm1 of small x", UnaryKernels::expm1, Math::expm1, -1e-9, 1e-9),
            new UnaryCase("log", UnaryKernels::log, Math::log, 0.01, 20),
            new UnaryCase("sqrt", UnaryKernels::sqrt, Math::sqrt, 0, 20),
            new UnaryCase("square", UnaryKernels::square, x -> x * x, -5, 5),
            new UnaryCase("reciprocal", UnaryKernels::reciprocal, x -> 1 / x, 0.1, 5),
            new UnaryCase("abs", UnaryKernels::abs, Math::abs, -5, 5),
            new UnaryCase("sign", UnaryKernels::sign, Math::signum, -5, 5),
            new UnaryCase("step", UnaryKernels::step, x -> x > 0 ? 1 : 0, -5, 5),
            new UnaryCase("tanh", UnaryKernels::tanh, Math::tanh, -4, 4),
            new UnaryCase("sigmoid", UnaryKernels::sigmoid, x -> 1 / (1 + Math.exp(-x)), -8, 8),
            new UnaryCase("relu", UnaryKernels::relu, x -> x > 0 ? x : 0, -5, 5),
            new UnaryCase("softplus", UnaryKernels::softplus, x -> Math.log(1 + Math.exp(x)), -5, 5),
            new UnaryCase("erf", UnaryKernels::erf, KernelsTest::erfSeries, -2.5, 2.5),
            new UnaryCase("sin", UnaryKernels::sin, Math::sin, -6, 6),
            new UnaryCase("cos", UnaryKernels::cos, Math::cos, -6, 6),
            new UnaryCase("add 0.25", (x, y) -> UnaryKernels.addScalar(x, 0.25, y), x -> x + 0.25, -5, 5),
            new UnaryCase("scale 0.3", (x, y) -> UnaryKernels.scale(x, 0.3, y), x -> 0.3 * x, -5, 5),
            new UnaryCase("scale by 0", (x, y) -> UnaryKernels.scale(x, 0, y), x -> 0, 1, 5),
            new UnaryCase("pow 2.5", (x, y) -> UnaryKernels.pow(x, 2.5, y), x -> Math.pow(x, 2.5), 0, 5),
            new UnaryCase("pow -2", (x, y) -> UnaryKernels.pow(x, -2, y), x -> 1 / (x * x), 0.5, 5),
            new UnaryCase(
                    "clip", (x, y) -> UnaryKernels.clip(x, -0.5, 1.5, y), x -> Math.min(Math.max(x, -0.5), 1.5), -5, 5),
            new UnaryCase("map", (x, y) -> UnaryKernels.map(x, y, v -> v * v + 1), x -> x * x + 1, -5, 5));

    static Stream<Arguments> unary() {
        return UNARY.stream().flatMap(c -> FLOATING.stream().map(d -> Arguments.of(c, d)));
    }

    @ParameterizedTest
    @MethodSource("unary")
    void oneInputMatchesTheLoopOverEveryShape(UnaryCase c, DType dtype) {
        Rng rng = new Rng(SEED);
        for (Shape shape : SHAPES) {
            for (boolean views : new boolean[] {false, true}) {
                Canvas canvas = new Canvas(dtype, views);
                INDArray x = canvas.random(shape, rng, c.low, c.high);
                INDArray y = canvas.result(shape);
                double[] in = Arena.toDoubles(x);
                double[] expected = Arrays.stream(in).map(c.reference).toArray();
                Kernel kernel = c.kernel.bind(x, y);
                kernel.run();
                kernel.run();
                assertUnary(y, expected, dtype, c, c + " on " + shape);
                assertThat(Arena.toDoubles(x)).as("input of %s", c).containsExactly(in);
                if (!c.name.equals("softplus")) { // the one that may not
                    Kernel inPlace = c.kernel.bind(x, x);
                    inPlace.run();
                    assertUnary(x, expected, dtype, c, c + " in place on " + shape);
                    inPlace.close();
                }
                canvas.assertNothingWrittenAround();
                kernel.close();
            }
        }
    }

    private static void assertUnary(INDArray found, double[] expected, DType dtype, UnaryCase c, String what) {
        if (c.name.equals("tanh")) {
            assertWithin(found, expected, dtype == DType.FLOAT32 ? 4e-7 : 1e-13, 0, what);
        } else {
            assertClose(found, expected, dtype, what);
        }
    }

    @EachFloatType
    void elementwiseKernelsKeepNotANumberAndInfinities(DType dtype) {
        assertMaps(dtype, UnaryKernels::relu, new double[] {NAN, -INF, INF, -1, 0}, NAN, 0, INF, 0, 0);
        assertMaps(
                dtype, (x, y) -> UnaryKernels.clip(x, -1, 2, y), new double[] {NAN, -INF, INF, 3, 0}, NAN, -1, 2, 2, 0);
        assertMaps(dtype, UnaryKernels::neg, new double[] {NAN, INF, 2}, NAN, -INF, -2);
        assertMaps(dtype, UnaryKernels::abs, new double[] {NAN, -INF, -2}, NAN, INF, 2);
        assertMaps(dtype, UnaryKernels::sign, new double[] {NAN, -INF, 0, 5}, NAN, -1, 0, 1);
        assertMaps(dtype, UnaryKernels::step, new double[] {NAN, -INF, -0.0, 0, INF}, NAN, 0, 0, 0, 1);
        assertMaps(DType.FLOAT32, UnaryKernels::step, new double[] {Float.MIN_VALUE, -Float.MIN_VALUE, 1e-39}, 1, 0, 1);
        assertMaps(
                DType.FLOAT64, UnaryKernels::step, new double[] {Double.MIN_VALUE, -Double.MIN_VALUE, 1e-310}, 1, 0, 1);
        assertMaps(dtype, UnaryKernels::exp, new double[] {NAN, -INF, INF, 0}, NAN, 0, INF, 1);
        assertMaps(dtype, UnaryKernels::expm1, new double[] {NAN, -INF, INF, 0}, NAN, -1, INF, 0);
        assertMaps(dtype, UnaryKernels::log, new double[] {NAN, 0, INF, -1}, NAN, -INF, INF, NAN);
        assertMaps(dtype, UnaryKernels::sqrt, new double[] {NAN, -1, INF}, NAN, NAN, INF);
        assertMaps(dtype, UnaryKernels::square, new double[] {NAN, -INF}, NAN, INF);
        assertMaps(dtype, UnaryKernels::reciprocal, new double[] {NAN, 0, INF}, NAN, INF, 0);
        assertMaps(dtype, UnaryKernels::tanh, new double[] {NAN, -INF, INF, 1e4}, NAN, -1, 1, 1);
        assertMaps(dtype, UnaryKernels::sigmoid, new double[] {NAN, -INF, INF, 1e4, -1e4}, NAN, 0, 1, 1, 0);
        assertMaps(dtype, UnaryKernels::softplus, new double[] {NAN, -INF, INF, 1e4, -1e4}, NAN, 0, INF, 1e4, 0);
        assertMaps(dtype, UnaryKernels::erf, new double[] {NAN, -INF, INF}, NAN, -1, 1);
        assertMaps(dtype, UnaryKernels::sin, new double[] {NAN, INF}, NAN, NAN);
        assertMaps(dtype, UnaryKernels::cos, new double[] {NAN, INF}, NAN, NAN);
        assertMaps(dtype, (x, y) -> UnaryKernels.addScalar(x, 1, y), new double[] {NAN, INF}, NAN, INF);
        assertMaps(dtype, (x, y) -> UnaryKernels.scale(x, 0, y), new double[] {NAN, INF, 1}, NAN, NAN, 0);
    }

    private static void assertMaps(DType dtype, Unary kernel, double[] in, double... out) {
        INDArray y = Arena.create(dtype, Shape.of(in.length));
        kernel.bind(Arena.of(dtype, Shape.of(in.length), in), y).run();
        assertWithin(y, out, 0, 1e-7, "of " + Arrays.toString(in));
    }

    @Test
    void tanhInDoublePrecisionKeepsEveryDigit() {
        for (double x : new double[] {1e-300, 1e-20, -1e-9, 1e-6, 1e-3, 0.0599, -0.0601, 0.5, 3, 19, 400}) {
            INDArray y = Arena.create(DType.FLOAT64, Shape.of());
            UnaryKernels.tanh(Arena.of(DType.FLOAT64, Shape.of(), x), y).run();
            assertThat(Arena.toDoubles(y)[0] / Math.tanh(x)).as("tanh %s", x).isCloseTo(1, within(2e-14));
        }
    }

    @Test
    void functionsInSinglePrecisionAreRightToAFewUnitsInTheLastPlace() {
        assertRelativeError("exp", UnaryKernels::exp, Math::exp, -87, 88, 1.8e-7);
        assertRelativeError("sigmoid", UnaryKernels::sigmoid, x -> 1 / (1 + Math.exp(-x)), -87, 87, 3e-7);
        assertRelativeError(
                "softplus",
                UnaryKernels::softplus,
                x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
                -87,
                87,
                4e-7);
        assertRelativeError("tanh", UnaryKernels::tanh, Math::tanh, -12, 12, 4e-7);
        assertRelativeError("tanh", UnaryKernels::tanh, Math::tanh, -1e-3, 1e-3, 3e-7);
    }

    /** At 200,001 points, so that every part of a block and every exponent is met. */
    private static void assertRelativeError(
            String name, Unary kernel, DoubleUnaryOperator reference, double from, double to, double bound) {
        int n = 200_001;
        double[] points = new double[n];
        for (int i = 0; i < n; i++) {
            points[i] = (float) (from + (to - from) * i / (n - 1));
        }
        INDArray y = Arena.create(DType.FLOAT32, Shape.of(n));
        kernel.bind(Arena.of(DType.FLOAT32, Shape.of(n), points), y).run();
        double[] found = Arena.toDoubles(y);
        for (int i = 0; i < n; i++) {
            double expected = reference.applyAsDouble(points[i]);
            assertThat(Math.abs(found[i] - expected))
                    .as("%s(%s) = %s, expected %s", name, points[i], found[i], expected)
                    .isLessThanOrEqualTo(bound * Math.abs(expected));
        }
    }

    @Test
    void exponentialsThatOverflowAreInfiniteAndThoseThatUnderflowAreZero() {
        assertMaps(DType.FLOAT32, UnaryKernels::exp, new double[] {88.8, 1000, -104, -1000}, INF, INF, 0, 0);
        INDArray y = Arena.create(DType.FLOAT32, Shape.of());
        UnaryKernels.exp(Arena.of(DType.FLOAT32, Shape.of(), -100), y).run();
        assertThat(Arena.toDoubles(y)[0] / Math.exp(-100)).isCloseTo(1, within(0.05));
    }

    @Test
    void softplusKeepsSmallValues() {
        INDArray y = Arena.create(DType.FLOAT64, Shape.of());
        UnaryKernels.softplus(Arena.of(DType.FLOAT64, Shape.of(), -50), y).run();
        assertThat(Arena.toDoubles(y)[0] / Math.exp(-50)).isCloseTo(1, within(1e-12));
    }

    // ---- elementwise, several inputs --------------------------------------------------------------------------

    @FunctionalInterface
    interface Binary {
        Kernel bind(INDArray a, INDArray b, INDArray y);
    }

    record BinaryCase(String name, Binary kernel, DoubleBinaryOperator reference) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<BinaryCase> BROADCASTING = List.of(
            new BinaryCase("add", BinaryKernels::add, (a, b) -> a + b),
            new BinaryCase("sub", BinaryKernels::sub, (a, b) -> a - b),
            new BinaryCase("mul", BinaryKernels::mul, (a, b) -> a * b),
            new BinaryCase("div", BinaryKernels::div, (a, b) -> a / b));

    static final List<BinaryCase> OF_ONE_SHAPE = List.of(
            new BinaryCase("max", BinaryKernels::max, Math::max),
            new BinaryCase("min", BinaryKernels::min, Math::min),
            new BinaryCase("pow", BinaryKernels::pow, Math::pow),
            new BinaryCase("greater", BinaryKernels::greater, (a, b) -> a > b ? 1 : 0),
            new BinaryCase("equal", BinaryKernels::equal, (a, b) -> a == b ? 1 : 0));

    static final List<Shape> BROADCAST_SHAPES = List.of(
            Shape.of(),
            Shape.of(1),
            Shape.of(4),
            Shape.of(1, 1),
            Shape.of(1, 4),
            Shape.of(3, 1),
            Shape.of(3, 4),
            Shape.of(1, 1, 1),
            Shape.of(2, 1, 1),
            Shape.of(1, 3, 1),
            Shape.of(2, 1, 4),
            Shape.of(2, 3, 1),
            Shape.of(2, 3, 4),
            Shape.of(0),
            Shape.of(3, 0),
            Shape.of(0, 4),
            Shape.of(2, 0, 4),
            Shape.of(2, 1, 0));

    static Stream<Arguments> broadcasting() {
        return BROADCASTING.stream().flatMap(c -> FLOATING.stream().map(d -> Arguments.of(c, d)));
    }

    @ParameterizedTest
    @MethodSource("broadcasting")
    void twoInputsBroadcastBothWays(BinaryCase c, DType dtype) {
        Rng rng = new Rng(SEED);
        int pairs = 0;
        for (Shape left : BROADCAST_SHAPES) {
            for (Shape right : BROADCAST_SHAPES) {
                Shape shape = commonShape(left, right);
                if (shape == null) {
                    continue;
                }
                pairs++;
                boolean views = pairs % 2 == 0;
                Canvas canvas = new Canvas(dtype, views);
                INDArray a = canvas.random(left, rng, 0.5, 3);
                INDArray b = canvas.random(right, rng, 0.5, 3);
                INDArray y = canvas.result(shape);
                double[] x1 = Arena.toDoubles(a);
                double[] x2 = Arena.toDoubles(b);
                double[] expected = indices(shape)
                        .mapToDouble(i -> c.reference.applyAsDouble(
                                x1[broadcastAt(i, shape, left)], x2[broadcastAt(i, shape, right)]))
                        .toArray();
                String what = c + " of " + left + " and " + right + (views ? " (views)" : "");
                Kernel kernel = c.kernel.bind(a, b, y);
                kernel.run();
                kernel.run();
                assertClose(y, expected, dtype, what);
                kernel.close();
                if (left.equals(shape)) {
                    INDArray first = canvas.of(left, x1);
                    c.kernel.bind(first, b, first).run();
                    assertClose(first, expected, dtype, what + " into the first");
                }
                if (right.equals(shape)) {
                    INDArray second = canvas.of(right, x2);
                    c.kernel.bind(a, second, second).run();
                    assertClose(second, expected, dtype, what + " into the second");
                }
                canvas.assertNothingWrittenAround();
            }
        }
        assertThat(pairs).isGreaterThan(100);
    }

    @ParameterizedTest
    @MethodSource("broadcasting")
    void anArrayWithItself(BinaryCase c, DType dtype) {
        INDArray x = Arena.of(dtype, Shape.of(2, 2), 1, 2, 3, 4);
        double[] expected = Arrays.stream(Arena.toDoubles(x))
                .map(v -> c.reference.applyAsDouble(v, v))
                .toArray();
        INDArray y = Arena.create(dtype, Shape.of(2, 2));
        c.kernel.bind(x, x, y).run();
        assertClose(y, expected, dtype, c.name);
        c.kernel.bind(x, x, x).run();
        assertClose(x, expected, dtype, c.name);
    }

    @ParameterizedTest
    @MethodSource("broadcasting")
    void largeBroadcastsMatchTheLoop(BinaryCase c, DType dtype) {
        Rng rng = new Rng(SEED);
        Canvas canvas = new Canvas(dtype, false);
        Shape shape = Shape.of(130, 257);
        for (Shape right : List.of(Shape.of(257), Shape.of(130, 1), Shape.of(1, 257), Shape.of(1, 1), Shape.of())) {
            INDArray a = canvas.random(shape, rng, 0.5, 3);
            INDArray b = canvas.random(right, rng, 0.5, 3);
            INDArray y = canvas.result(shape);
            double[] x1 = Arena.toDoubles(a);
            double[] x2 = Arena.toDoubles(b);
            c.kernel.bind(a, b, y).run();
            double[] expected = indices(shape)
                    .mapToDouble(i -> c.reference.applyAsDouble(x1[i], x2[broadcastAt(i, shape, right)]))
                    .toArray();
            assertClose(y, expected, dtype, c + " with " + right);
            c.kernel.bind(b, a, y).run();
            expected = indices(shape)
                    .mapToDouble(i -> c.reference.applyAsDouble(x2[broadcastAt(i, shape, right)], x1[i]))
                    .toArray();
            assertClose(y, expected, dtype, c + " of " + right);
        }
    }

    static Stream<Arguments> ofOneShape() {
        return Stream.concat(BROADCASTING.stream(), OF_ONE_SHAPE.stream())
                .flatMap(c -> FLOATING.stream().map(d -> Arguments.of(c, d)));
    }

    @ParameterizedTest
    @MethodSource("ofOneShape")
    void twoInputsOfOneShapeMatchTheLoop(BinaryCase c, DType dtype) {
        Rng rng = new Rng(SEED);
        for (Shape shape : SHAPES) {
            for (boolean views : new boolean[] {false, true}) {
                Canvas canvas = new Canvas(dtype, views);
                // Halves, so that some pairs are equal.
                double[] x1 = halves(shape, rng);
                double[] x2 = halves(shape, rng);
                INDArray a = canvas.of(shape, x1);
                INDArray b = canvas.of(shape, x2);
                INDArray y = canvas.result(shape);
                double[] expected = indices(shape)
                        .mapToDouble(i -> c.reference.applyAsDouble(x1[i], x2[i]))
                        .toArray();
                c.kernel.bind(a, b, y).run();
                assertClose(y, expected, dtype, c + " on " + shape);
                c.kernel.bind(a, b, b).run();
                assertClose(b, expected, dtype, c + " into the second on " + shape);
                INDArray again = canvas.of(shape, x2);
                c.kernel.bind(a, again, a).run();
                assertClose(a, expected, dtype, c + " into the first on " + shape);
                canvas.assertNothingWrittenAround();
            }
        }
    }

    private static double[] halves(Shape shape, Rng rng) {
        return indices(shape).mapToDouble(i -> 0.5 * (1 + rng.nextInt(4))).toArray();
    }

    @EachFloatType
    void largerAndSmallerLetNotANumberWin(DType dtype) {
        INDArray a = Arena.of(dtype, Shape.of(4), NAN, 1, -INF, 3);
        INDArray b = Arena.of(dtype, Shape.of(4), 1, NAN, 2, INF);
        INDArray y = Arena.create(dtype, Shape.of(4));
        BinaryKernels.max(a, b, y).run();
        assertThat(Arena.toDoubles(y)).containsExactly(NAN, NAN, 2, INF);
        BinaryKernels.min(a, b, y).run();
        assertThat(Arena.toDoubles(y)).containsExactly(NAN, NAN, -INF, 3);
        BinaryKernels.greater(a, b, y).run();
        assertThat(Arena.toDoubles(y)).containsExactly(0, 0, 0, 0);
        BinaryKernels.equal(a, a, y).run();
        assertThat(Arena.toDoubles(y)).containsExactly(0, 1, 1, 1);
    }

    @EachFloatType
    void whereChoosesByTheMask(DType dtype) {
        for (boolean views : new boolean[] {false, true}) {
            Canvas canvas = new Canvas(dtype, views);
            INDArray mask = canvas.of(Shape.of(2, 2), 1, 0, 0, 1);
            INDArray a = canvas.of(Shape.of(2, 2), 1, NAN, 3, 4);
            INDArray b = canvas.of(Shape.of(2, 2), NAN, 6, 7, 8);
            INDArray y = canvas.result(Shape.of(2, 2));
            BinaryKernels.where(mask, a, b, y).run();
            assertThat(Arena.toDoubles(y)).containsExactly(1, 6, 7, 4);
            BinaryKernels.where(mask, a, b, mask).run();
            assertThat(Arena.toDoubles(mask)).containsExactly(1, 6, 7, 4);
            canvas.assertNothingWrittenAround();
        }
        INDArray scalar = Arena.create(dtype, Shape.of());
        BinaryKernels.where(scalar, Arena.of(dtype, Shape.of(), 1), Arena.of(dtype, Shape.of(), 2), scalar)
                .run();
        assertThat(Arena.toDoubles(scalar)).containsExactly(2);
        INDArray empty = Arena.create(dtype, Shape.of(0, 2));
        BinaryKernels.where(empty, empty, empty, empty).run();
    }

    // ---- matrix products --------------------------------------------------------------------------------------

    @EachFloatType
    void gemmMatchesTheLoopWithEveryFlagAndSize(DType dtype) {
        Rng rng = new Rng(SEED);
        int[][] sizes = {{1, 1, 1}, {3, 4, 5}, {7, 1, 2}, {1, 6, 1}, {2, 0, 3}, {0, 3, 2}, {3, 2, 0}, {17, 33, 9}};
        for (int[] size : sizes) {
            for (int flags = 0; flags < 16; flags++) {
                boolean transposeA = (flags & 1) != 0;
                boolean transposeB = (flags & 2) != 0;
                boolean accumulate = (flags & 4) != 0;
                Canvas canvas = new Canvas(dtype, (flags & 8) != 0);
                int m = size[0];
                int k = size[1];
                int n = size[2];
                INDArray a = canvas.random(transposeA ? Shape.of(k, m) : Shape.of(m, k), rng, -1, 1);
                INDArray b = canvas.random(transposeB ? Shape.of(n, k) : Shape.of(k, n), rng, -1, 1);
                INDArray y = accumulate ? canvas.random(Shape.of(m, n), rng, -1, 1) : canvas.result(Shape.of(m, n));
                double[] expected = accumulate ? Arena.toDoubles(y) : new double[m * n];
                addProduct(Arena.toDoubles(a), 0, transposeA, Arena.toDoubles(b), 0, transposeB, expected, 0, m, k, n);
                Kernel kernel = MatrixKernels.gemm(a, transposeA, b, transposeB, y, accumulate ? 1 : 0);
                kernel.run();
                assertSum(y, expected, dtype, "gemm " + Arrays.toString(size) + " flags " + flags);
                canvas.assertNothingWrittenAround();
            }
        }
    }

    @EachFloatType
    void batchedGemmBroadcastsTheLeadingAxes(DType dtype) {
        Rng rng = new Rng(SEED);
        List<List<Shape>> batches = List.of(
                List.of(Shape.of(), Shape.of(), Shape.of()),
                List.of(Shape.of(3), Shape.of(3), Shape.of(3)),
                List.of(Shape.of(3), Shape.of(), Shape.of(3)),
                List.of(Shape.of(), Shape.of(3), Shape.of(3)),
                List.of(Shape.of(1), Shape.of(3), Shape.of(3)),
                List.of(Shape.of(2, 1), Shape.of(3), Shape.of(2, 3)),
                List.of(Shape.of(2, 3), Shape.of(2, 1), Shape.of(2, 3)),
                List.of(Shape.of(1, 3), Shape.of(2, 1), Shape.of(2, 3)),
                List.of(Shape.of(0), Shape.of(1), Shape.of(0)));
        int[][] sizes = {{2, 3, 4}, {1, 1, 1}, {2, 0, 3}, {0, 2, 3}};
        for (List<Shape> batch : batches) {
            for (int[] size : sizes) {
                for (int flags = 0; flags < 8; flags++) {
                    boolean transposeA = (flags & 1) != 0;
                    boolean transposeB = (flags & 2) != 0;
                    Canvas canvas = new Canvas(dtype, (flags & 4) != 0);
                    int m = size[0];
                    int k = size[1];
                    int n = size[2];
                    Shape left = transposeA ? append(batch.get(0), k, m) : append(batch.get(0), m, k);
                    Shape right = transposeB ? append(batch.get(1), n, k) : append(batch.get(1), k, n);
                    Shape out = batch.get(2);
                    INDArray a = canvas.random(left, rng, -1, 1);
                    INDArray b = canvas.random(right, rng, -1, 1);
                    INDArray y = canvas.result(append(out, m, n));
                    double[] expected = new double[(int) y.length()];
                    for (int i = 0; i < out.count(); i++) {
                        int ia = broadcastAt(i, out, batch.get(0));
                        int ib = broadcastAt(i, out, batch.get(1));
                        addProduct(
                                Arena.toDoubles(a),
                                ia * m * k,
                                transposeA,
                                Arena.toDoubles(b),
                                ib * k * n,
                                transposeB,
                                expected,
                                i * m * n,
                                m,
                                k,
                                n);
                    }
                    Kernel kernel = MatrixKernels.batchedGemm(a, transposeA, b, transposeB, y, 0);
                    kernel.run();
                    kernel.run();
                    assertSum(y, expected, dtype, left + " by " + right + " flags " + flags);
                    canvas.assertNothingWrittenAround();
                }
            }
        }
    }

    private static Shape append(Shape batch, int rows, int columns) {
        long[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        dims[batch.rank()] = rows;
        dims[batch.rank() + 1] = columns;
        return Shape.of(dims);
    }

    private static void addProduct(
            double[] a,
            int fromA,
            boolean transposeA,
            double[] b,
            int fromB,
            boolean transposeB,
            double[] out,
            int fromOut,
            int m,
            int k,
            int n) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < k; l++) {
                    double x = a[fromA + (transposeA ? l * m + i : i * k + l)];
                    double y = b[fromB + (transposeB ? j * k + l : l * n + j)];
                    out[fromOut + i * n + j] += x * y;
                }
            }
        }
    }

    // ---- reductions -------------------------------------------------------------------------------------------

    static final List<Shape> REDUCED = List.of(
            Shape.of(),
            Shape.of(1),
            Shape.of(9),
            Shape.of(1, 1),
            Shape.of(3, 1),
            Shape.of(1, 5),
            Shape.of(4, 5),
            Shape.of(2, 3, 4),
            Shape.of(2, 1, 4),
            Shape.of(2, 3, 2, 5),
            Shape.of(3, 1, 2, 1),
            Shape.of(0),
            Shape.of(3, 0),
            Shape.of(0, 3),
            Shape.of(2, 0, 3),
            Shape.of(2, 3, 0));

    @EachFloatType
    void sumMatchesTheLoopOverEverySetOfAxes(DType dtype) {
        assertReduces(
                dtype, ReductionKernels::sum, values -> Arrays.stream(values).sum(), true, "sum");
    }

    @EachFloatType
    void maxMatchesTheLoopOverEverySetOfAxes(DType dtype) {
        assertReduces(
                dtype,
                ReductionKernels::max,
                values -> Arrays.stream(values).max().getAsDouble(),
                false,
                "max");
    }

    @EachFloatType
    void logSumExpMatchesTheLoopOverEverySetOfAxes(DType dtype) {
        assertReduces(
                dtype,
                ReductionKernels::logSumExp,
                values -> Math.log(Arrays.stream(values).map(Math::exp).sum()),
                true,
                "logSumExp");
    }

    @FunctionalInterface
    private interface Reduction {
        Kernel bind(INDArray x, int[] axes, INDArray y);
    }

    @FunctionalInterface
    private interface Fold {
        double of(double[] values);
    }

    private static void assertReduces(DType dtype, Reduction reduction, Fold fold, boolean allowsEmpty, String name) {
        Rng rng = new Rng(SEED);
        for (Shape shape : REDUCED) {
            for (int[] axes : subsets(shape.rank())) {
                Shape kept = shape.keeping(axes);
                if (!allowsEmpty && shape.count() == 0 && kept.count() > 0) {
                    continue;
                }
                for (Shape out : List.of(kept, shape.dropping(axes))) {
                    for (boolean views : new boolean[] {false, true}) {
                        Canvas canvas = new Canvas(dtype, views);
                        INDArray x = canvas.random(shape, rng, -3, 3);
                        INDArray y = canvas.result(out);
                        double[] in = Arena.toDoubles(x);
                        double[] expected = indices(kept)
                                .mapToDouble(o -> fold.of(group(in, shape, kept, o)))
                                .toArray();
                        Kernel kernel = reduction.bind(x, axes, y);
                        kernel.run();
                        kernel.run();
                        String what = name + " of " + shape + " over " + Arrays.toString(axes) + " into " + out;
                        assertSum(y, expected, dtype, what);
                        assertThat(Arena.toDoubles(x)).as("input of %s", what).containsExactly(in);
                        canvas.assertNothingWrittenAround();
                        kernel.close();
                    }
                }
            }
        }
    }

    /** The elements of x that are reduced into element o. */
    private static double[] group(double[] x, Shape shape, Shape kept, int o) {
        return indices(shape)
                .filter(i -> broadcastAt(i, shape, kept) == o)
                .mapToDouble(i -> x[i])
                .toArray();
    }

    @EachFloatType
    void softmaxMatchesTheLoopOverEverySetOfAxes(DType dtype) {
        Rng rng = new Rng(SEED);
        for (Shape shape : REDUCED) {
            for (int[] axes : subsets(shape.rank())) {
                for (boolean views : new boolean[] {false, true}) {
                    Canvas canvas = new Canvas(dtype, views);
                    INDArray x = canvas.random(shape, rng, -3, 3);
                    INDArray y = canvas.result(shape);
                    Shape kept = shape.keeping(axes);
                    double[] in = Arena.toDoubles(x);
                    double[] expected = indices(shape)
                            .mapToDouble(i -> Math.exp(in[i])
                                    / Arrays.stream(group(in, shape, kept, broadcastAt(i, shape, kept)))
                                            .map(Math::exp)
                                            .sum())
                            .toArray();
                    String what = "softmax of " + shape + " along " + Arrays.toString(axes);
                    ReductionKernels.softmax(x, axes, y).run();
                    assertSum(y, expected, dtype, what);
                    assertThat(Arena.toDoubles(x)).as("input of %s", what).containsExactly(in);
                    Kernel inPlace = ReductionKernels.softmax(x, axes, x);
                    inPlace.run();
                    inPlace.close();
                    assertSum(x, expected, dtype, what + " in place");
                    canvas.assertNothingWrittenAround();
                }
            }
        }
    }

    @EachFloatType
    void largeLogitsNeitherOverflowNorVanish(DType dtype) {
        double[][] logits = {
            {1e4, 1e4, 1e4, 1e4},
            {-1e4, -1e4, -1e4, -1e4},
            {1e4, -1e4, 0, 1e4},
            {-INF, 0, 0, -INF},
            {-INF, 1e4, -1e4, -INF},
            {-1e4, -INF, -INF, -INF},
        };
        double[][] probabilities = {
            {0.25, 0.25, 0.25, 0.25},
            {0.25, 0.25, 0.25, 0.25},
            {0.5, 0, 0, 0.5},
            {0, 0.5, 0.5, 0},
            {0, 1, 0, 0},
            {1, 0, 0, 0},
        };
        double[] logSums = {
            1e4 + Math.log(4), -1e4 + Math.log(4), 1e4 + Math.log(2), Math.log(2), 1e4, -1e4,
        };
        INDArray x = Arena.of(
                dtype,
                Shape.of(6, 4),
                Arrays.stream(logits).flatMapToDouble(Arrays::stream).toArray());
        INDArray y = Arena.create(dtype, Shape.of(6, 4));
        ReductionKernels.softmax(x, new int[] {1}, y).run();
        double[] flat =
                Arrays.stream(probabilities).flatMapToDouble(Arrays::stream).toArray();
        assertSum(y, flat, dtype, "softmax of large logits");
        INDArray sums = Arena.create(dtype, Shape.of(6));
        ReductionKernels.logSumExp(x, new int[] {1}, sums).run();
        assertSum(sums, logSums, dtype, "logSumExp of large logits");
    }

    @EachFloatType
    void infiniteAndMissingLogitsShow(DType dtype) {
        INDArray x = Arena.of(dtype, Shape.of(4, 3), INF, 1, 2, -INF, -INF, -INF, NAN, 1, 2, INF, -INF, 1e4);
        INDArray sums = Arena.create(dtype, Shape.of(4));
        ReductionKernels.logSumExp(x, new int[] {1}, sums).run();
        assertThat(Arena.toDoubles(sums)).containsExactly(INF, -INF, NAN, INF);
        INDArray max = Arena.create(dtype, Shape.of(4));
        ReductionKernels.max(x, new int[] {1}, max).run();
        assertThat(Arena.toDoubles(max)).containsExactly(INF, -INF, NAN, INF);
        INDArray y = Arena.create(dtype, Shape.of(4, 3));
        ReductionKernels.softmax(x, new int[] {1}, y).run();
        double[] p = Arena.toDoubles(y);
        // There is no distribution to give: a row must not pass for one.
        for (int row = 0; row < 4; row++) {
            assertThat(p[3 * row] + p[3 * row + 1] + p[3 * row + 2])
                    .as("row %d", row)
                    .isNaN();
        }
    }

    @Test
    void sumsOfSinglePrecisionAccumulateInDouble() {
        int n = 1_000_003;
        INDArray x = Arena.create(DType.FLOAT32, Shape.of(n));
        Vectors.fill(x, 0.1);
        INDArray y = Arena.create(DType.FLOAT32, Shape.of());
        ReductionKernels.sum(x, new int[] {0}, y).run();
        assertThat(Arena.toDoubles(y)[0]).isEqualTo((float) (n * (double) 0.1f));
        INDArray columns = Arena.create(DType.FLOAT32, Shape.of(1));
        ReductionKernels.sum(Arena.view(x, 0, Shape.of(n, 1)), new int[] {0}, columns)
                .run();
        assertThat(Arena.toDoubles(columns)[0]).isEqualTo((float) (n * (double) 0.1f));
    }

    // ---- layout -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(DType.class)
    void fillAndCopyReachEveryElement(DType dtype) {
        for (Shape shape : SHAPES) {
            for (boolean views : new boolean[] {false, true}) {
                Canvas canvas = new Canvas(dtype, views && dtype.isFloating());
                double[] values = indices(shape).mapToDouble(i -> i + 1).toArray();
                INDArray x = canvas.of(shape, values);
                INDArray y = canvas.of(Shape.of(shape.count()), new double[values.length]);
                LayoutKernels.copy(x, y).run();
                assertThat(Arena.toDoubles(y)).as("copy of %s", shape).containsExactly(values);
                LayoutKernels.copy(y, y).run();
                assertThat(Arena.toDoubles(y)).as("copy onto itself").containsExactly(values);
                LayoutKernels.fill(y, 3).run();
                assertThat(Arena.toDoubles(y))
                        .as("fill of %s", shape)
                        .containsOnly(values.length == 0 ? new double[0] : new double[] {3});
                canvas.assertNothingWrittenAround();
            }
        }
    }

    @Test
    void copyConvertsBetweenDtypes() {
        INDArray integers = Arena.ofIntegers(1, 2, 3);
        INDArray singles = Arena.create(DType.FLOAT32, Shape.of(3));
        LayoutKernels.copy(integers, singles).run();
        assertThat(Arena.toDoubles(singles)).containsExactly(1, 2, 3);
        INDArray doubles = Arena.of(DType.FLOAT64, Shape.of(3), 0.1, 0.2, 0.3);
        LayoutKernels.copy(doubles, singles).run();
        assertThat(Arena.toDoubles(singles)).containsExactly(0.1f, 0.2f, 0.3f);
    }

    @EachFloatType
    void broadcastRepeatsAlongMissingAndUnitAxes(DType dtype) {
        for (Shape from : BROADCAST_SHAPES) {
            for (Shape to : BROADCAST_SHAPES) {
                if (!to.equals(commonShape(from, to))) {
                    continue;
                }
                for (boolean views : new boolean[] {false, true}) {
                    Canvas canvas = new Canvas(dtype, views);
                    double[] in = indices(from).mapToDouble(i -> i).toArray();
                    INDArray y = canvas.result(to);
                    LayoutKernels.broadcast(canvas.of(from, in), y).run();
                    assertThat(Arena.toDoubles(y))
                            .as("%s to %s", from, to)
                            .containsExactly(indices(to)
                                    .mapToDouble(i -> in[broadcastAt(i, to, from)])
                                    .toArray());
                    canvas.assertNothingWrittenAround();
                }
            }
        }
    }

    /** Rows as long as a chunk, half as long, and a little longer or shorter, over several chunks and a part of one. */
    @EachFloatType
    void broadcastRepeatsRowsOfAnyLength(DType dtype) {
        for (int width : new int[] {1, 2, 3, 31, 32, 33, 500, 511, 512, 513, 1023, 1024, 1025}) {
            for (int rows : new int[] {1, 2, 3, 40, 81}) {
                Canvas canvas = new Canvas(dtype, true);
                double[] row =
                        IntStream.range(0, width).mapToDouble(i -> i + 0.5).toArray();
                INDArray y = canvas.result(Shape.of(rows, 3, width));
                LayoutKernels.broadcast(canvas.of(Shape.of(1, 1, width), row), y)
                        .run();
                double[] expected = IntStream.range(0, rows * 3 * width)
                        .mapToDouble(i -> row[i % width])
                        .toArray();
                assertThat(Arena.toDoubles(y)).isEqualTo(expected);
                canvas.assertNothingWrittenAround();
            }
        }
    }

    @EachFloatType
    void permuteReordersTheAxes(DType dtype) {
        for (Shape shape : REDUCED) {
            for (int[] order : permutations(shape.rank())) {
                for (boolean views : new boolean[] {false, true}) {
                    Canvas canvas = new Canvas(dtype, views);
                    double[] in = indices(shape).mapToDouble(i -> i).toArray();
                    Shape out =
                            Shape.of(Arrays.stream(order).mapToLong(shape::size).toArray());
                    INDArray y = canvas.result(out);
                    double[] expected = indices(out)
                            .mapToDouble(i -> {
                                long[] at = index(i, out);
                                long[] source = new long[order.length];
                                for (int axis = 0; axis < order.length; axis++) {
                                    source[order[axis]] = at[axis];
                                }
                                return in[flat(source, shape)];
                            })
                            .toArray();
                    Kernel kernel = LayoutKernels.permute(canvas.of(shape, in), order, y);
                    kernel.run();
                    kernel.run();
                    assertThat(Arena.toDoubles(y))
                            .as("%s in order %s", shape, Arrays.toString(order))
                            .containsExactly(expected);
                    canvas.assertNothingWrittenAround();
                }
            }
        }
    }

    @EachFloatType
    void sliceAndPadAreEachOthersTranspose(DType dtype) {
        record Block(Shape whole, List<Long> begin, Shape part) {}
        List<Block> blocks = List.of(
                new Block(Shape.of(), List.of(), Shape.of()),
                new Block(Shape.of(5), List.of(2L), Shape.of(2)),
                new Block(Shape.of(5), List.of(0L), Shape.of(5)),
                new Block(Shape.of(5), List.of(5L), Shape.of(0)),
                new Block(Shape.of(4, 5), List.of(1L, 2L), Shape.of(2, 3)),
                new Block(Shape.of(4, 5), List.of(3L, 4L), Shape.of(1, 1)),
                new Block(Shape.of(4, 5), List.of(4L, 0L), Shape.of(0, 5)),
                new Block(Shape.of(2, 3, 4), List.of(1L, 0L, 1L), Shape.of(1, 3, 2)));
        for (Block block : blocks) {
            for (boolean views : new boolean[] {false, true}) {
                Canvas canvas = new Canvas(dtype, views);
                long[] begin = block.begin.stream().mapToLong(b -> b).toArray();
                double[] whole = indices(block.whole).mapToDouble(i -> i + 1).toArray();
                double[] part = new double[(int) block.part.count()];
                double[] padded = new double[whole.length];
                for (int i = 0; i < part.length; i++) {
                    long[] at = index(i, block.part);
                    for (int axis = 0; axis < at.length; axis++) {
                        at[axis] += block.begin.get(axis);
                    }
                    part[i] = whole[flat(at, block.whole)];
                    padded[flat(at, block.whole)] = part[i];
                }
                INDArray y = canvas.result(block.part);
                LayoutKernels.slice(canvas.of(block.whole, whole), begin, y).run();
                assertThat(Arena.toDoubles(y)).as("slice %s", block).containsExactly(part);
                INDArray z = canvas.result(block.whole);
                Kernel pad = LayoutKernels.pad(y, begin, z);
                pad.run();
                pad.run();
                assertThat(Arena.toDoubles(z)).as("pad %s", block).containsExactly(padded);
                canvas.assertNothingWrittenAround();
            }
        }
    }

    @EachFloatType
    void concatJoinsAlongEachAxis(DType dtype) {
        for (int axis = 0; axis < 3; axis++) {
            for (boolean views : new boolean[] {false, true}) {
                Canvas canvas = new Canvas(dtype, views);
                int along = axis;
                List<INDArray> parts = new ArrayList<>();
                List<double[]> values = new ArrayList<>();
                List<Shape> shapes = new ArrayList<>();
                long total = 0;
                for (long size : new long[] {2, 0, 1, 3}) {
                    long[] dims = {2, 3, 4};
                    dims[axis] = size;
                    Shape shape = Shape.of(dims);
                    double base = 100 * total;
                    double[] part = indices(shape).mapToDouble(i -> base + i).toArray();
                    parts.add(canvas.of(shape, part));
                    values.add(part);
                    shapes.add(shape);
                    total += size;
                }
                long[] dims = {2, 3, 4};
                dims[axis] = total;
                Shape whole = Shape.of(dims);
                double[] expected = indices(whole)
                        .mapToDouble(i -> {
                            long[] at = index(i, whole);
                            int part = 0;
                            while (at[along] >= shapes.get(part).size(along)) {
                                at[along] -= shapes.get(part).size(along);
                                part++;
                            }
                            return values.get(part)[flat(at, shapes.get(part))];
                        })
                        .toArray();
                INDArray y = canvas.result(whole);
                LayoutKernels.concat(parts, axis, y).run();
                assertThat(Arena.toDoubles(y)).as("along axis %d", axis).containsExactly(expected);
                canvas.assertNothingWrittenAround();
            }
        }
    }

    // ---- rows by index ----------------------------------------------------------------------------------------

    @EachFloatType
    void rowsAreGatheredAndScattered(DType dtype) {
        for (boolean views : new boolean[] {false, true}) {
            Canvas canvas = new Canvas(dtype, views);
            INDArray table = canvas.of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
            INDArray rows = Arena.ofIntegers(2, 0, 2, 1);
            INDArray y = canvas.result(Shape.of(4, 2));
            IndexKernels.gatherRows(table, rows, y).run();
            assertThat(Arena.toDoubles(y)).containsExactly(5, 6, 1, 2, 5, 6, 3, 4);
            INDArray sums = canvas.result(Shape.of(3, 2));
            Kernel scatter = IndexKernels.scatterAddRows(y, rows, sums);
            scatter.run();
            scatter.run();
            assertThat(Arena.toDoubles(sums)).containsExactly(1, 2, 3, 4, 10, 12);
            INDArray hot = canvas.result(Shape.of(4, 3));
            IndexKernels.oneHot(rows, hot).run();
            assertThat(Arena.toDoubles(hot)).containsExactly(0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0);
            canvas.assertNothingWrittenAround();
        }
    }

    @EachFloatType
    void rowIndicesMayHaveAnyShape(DType dtype) {
        INDArray table = Arena.of(dtype, Shape.of(3), 10, 20, 30);
        INDArray grid = Arena.view(Arena.ofIntegers(0, 1, 2, 2), 0, Shape.of(2, 2));
        INDArray y = Arena.create(dtype, Shape.of(2, 2));
        IndexKernels.gatherRows(table, grid, y).run();
        assertThat(Arena.toDoubles(y)).containsExactly(10, 20, 30, 30);
        INDArray sums = Arena.create(dtype, Shape.of(3));
        IndexKernels.scatterAddRows(y, grid, sums).run();
        assertThat(Arena.toDoubles(sums)).containsExactly(10, 20, 60);

        INDArray one = Arena.view(Arena.ofIntegers(2), 0, Shape.of());
        INDArray single = Arena.create(dtype, Shape.of());
        IndexKernels.gatherRows(table, one, single).run();
        assertThat(Arena.toDoubles(single)).containsExactly(30);
        INDArray hot = Arena.create(dtype, Shape.of(3));
        IndexKernels.oneHot(one, hot).run();
        assertThat(Arena.toDoubles(hot)).containsExactly(0, 0, 1);

        INDArray none = Arena.create(DType.INT64, Shape.of(0));
        INDArray empty = Arena.create(dtype, Shape.of(0));
        IndexKernels.gatherRows(table, none, empty).run();
        IndexKernels.scatterAddRows(empty, none, sums).run();
        assertThat(Arena.toDoubles(sums)).containsExactly(0, 0, 0);
        IndexKernels.oneHot(none, Arena.create(dtype, Shape.of(0, 3))).run();
    }

    @Test
    void rowsOutsideOfTheTableAreNamed() {
        INDArray table = Arena.create(DType.FLOAT32, Shape.of(3, 2));
        INDArray y = Arena.create(DType.FLOAT32, Shape.of(2, 2));
        for (long wrong : new long[] {-1, 3, Long.MAX_VALUE, Long.MIN_VALUE}) {
            INDArray rows = Arena.ofIntegers(0, wrong);
            for (Kernel kernel : List.of(
                    IndexKernels.gatherRows(table, rows, y),
                    IndexKernels.scatterAddRows(y, rows, table),
                    IndexKernels.oneHot(rows, Arena.create(DType.FLOAT32, Shape.of(2, 3))))) {
                assertThatThrownBy(kernel::run)
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("position 1")
                        .hasMessageContaining("0..2");
            }
        }
    }

    // ---- plain arithmetic -------------------------------------------------------------------------------------

    private static IntStream indices(Shape shape) {
        return IntStream.range(0, (int) shape.count());
    }

    private static long[] index(int flat, Shape shape) {
        long[] index = new long[shape.rank()];
        int rest = flat;
        for (int axis = index.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape.size(axis);
            rest /= (int) shape.size(axis);
        }
        return index;
    }

    private static int flat(long[] index, Shape shape) {
        long flat = 0;
        for (int axis = 0; axis < index.length; axis++) {
            flat = flat * shape.size(axis) + index[axis];
        }
        return (int) flat;
    }

    /** Where an element of a broadcast result comes from. */
    private static int broadcastAt(int i, Shape result, Shape input) {
        long[] at = index(i, result);
        int lead = result.rank() - input.rank();
        long[] own = new long[input.rank()];
        for (int axis = 0; axis < own.length; axis++) {
            own[axis] = input.size(axis) == 1 ? 0 : at[lead + axis];
        }
        return flat(own, input);
    }

    /** NumPy's rule, or null. */
    private static Shape commonShape(Shape a, Shape b) {
        long[] out = new long[Math.max(a.rank(), b.rank())];
        for (int i = 1; i <= out.length; i++) {
            long x = i > a.rank() ? 1 : a.size(-i);
            long y = i > b.rank() ? 1 : b.size(-i);
            if (x != y && x != 1 && y != 1) {
                return null;
            }
            out[out.length - i] = x == 1 ? y : x;
        }
        return Shape.of(out);
    }

    private static List<int[]> subsets(int rank) {
        return IntStream.range(0, 1 << rank)
                .mapToObj(bits -> IntStream.range(0, rank)
                        .filter(axis -> (bits & 1 << axis) != 0)
                        .toArray())
                .toList();
    }

    private static List<int[]> permutations(int n) {
        if (n == 0) {
            return List.of(new int[0]);
        }
        List<int[]> all = new ArrayList<>();
        for (int[] shorter : permutations(n - 1)) {
            for (int at = 0; at < n; at++) {
                int[] longer = new int[n];
                for (int i = 0; i < n; i++) {
                    longer[i] = i < at ? shorter[i] : i == at ? n - 1 : shorter[i - 1];
                }
                all.add(longer);
            }
        }
        return all;
    }

    /** Maclaurin series, exact to about 1e-13 for |x| below 3. */
    private static double erfSeries(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 80; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    private static void assertClose(INDArray found, double[] expected, DType dtype, String what) {
        assertThat(DType.of(found)).isEqualTo(dtype);
        assertWithin(found, expected, dtype == DType.FLOAT32 ? 1e-6 : 1e-13, 0, what);
    }

    /** Sums may cancel: the error is that of their terms, which are about 1 in these tests. */
    private static void assertSum(INDArray found, double[] expected, DType dtype, String what) {
        double eps = dtype == DType.FLOAT32 ? 4e-6 : 1e-13;
        assertWithin(found, expected, eps, eps, what);
    }

    private static void assertWithin(INDArray found, double[] expected, double relative, double absolute, String what) {
        double[] values = Arena.toDoubles(found);
        assertThat(values).as(what).hasSize(expected.length);
        for (int i = 0; i < values.length; i++) {
            double limit = relative * Math.abs(expected[i]) + absolute;
            boolean close = Double.isNaN(expected[i])
                    ? Double.isNaN(values[i])
                    : values[i] == expected[i] || Math.abs(values[i] - expected[i]) <= limit;
            if (!close) {
                fail("%s: element %d is %s, expected %s", what, i, values[i], expected[i]);
            }
        }
    }
}
