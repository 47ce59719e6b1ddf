package dev.ravine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.kernels.Kernel;
import dev.ravine.core.kernels.MatrixKernels;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products as everybody gets them, compared with sums in double precision. */
class OneDnnProductTest {
    record Case(int m, int n, int k, boolean transposeA, boolean transposeB) {
        Shape a() {
            return transposeA ? Shape.of(k, m) : Shape.of(m, k);
        }

        Shape b() {
            return transposeB ? Shape.of(n, k) : Shape.of(k, n);
        }

        Shape y() {
            return Shape.of(m, n);
        }
    }

    private static final int[][] SIZES = {
        {32, 500, 1024},
        {1024, 500, 32},
        {2, 700, 800},
        {1000, 8, 130},
        {1000, 7, 150},
        {101, 103, 107},
        {1, 1000, 1001},
        {1001, 1, 1000},
        {333, 334, 10},
        {130, 140, 300},
        {1100, 1000, 1},
        {67, 71, 45}
    };

    static Stream<Case> cases() {
        return Stream.of(SIZES)
                .flatMap(s -> Stream.of(
                        new Case(s[0], s[1], s[2], false, false),
                        new Case(s[0], s[1], s[2], false, true),
                        new Case(s[0], s[1], s[2], true, false),
                        new Case(s[0], s[1], s[2], true, true)));
    }

    private static double[] random(Shape shape, long seed) {
        Rng rng = new Rng(seed);
        double[] numbers = new double[(int) shape.count()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) rng.nextDouble(-1, 1);
        }
        return numbers;
    }

    private static double[] expected(Case c, double[] a, double[] b, double[] start) {
        double[] y = start.clone();
        for (int i = 0; i < c.m; i++) {
            for (int l = 0; l < c.k; l++) {
                double left = a[c.transposeA ? l * c.m + i : i * c.k + l];
                for (int j = 0; j < c.n; j++) {
                    y[i * c.n + j] += left * b[c.transposeB ? j * c.k + l : l * c.n + j];
                }
            }
        }
        return y;
    }

    private static INDArray run(Case c, double[] a, double[] b, double beta, double[] start) {
        INDArray y = Arena.of(DType.FLOAT32, c.y(), start);
        try (Kernel kernel = kernel(c, a, b, beta, y)) {
            kernel.run();
        }
        return y;
    }

    private static Kernel kernel(Case c, double[] a, double[] b, double beta, INDArray y) {
        INDArray left = Arena.of(DType.FLOAT32, c.a(), a);
        INDArray right = Arena.of(DType.FLOAT32, c.b(), b);
        return MatrixKernels.gemm(left, c.transposeA, right, c.transposeB, y, beta);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void productsAreThoseOfDoublePrecision(Case c) {
        double[] a = random(c.a(), 1);
        double[] b = random(c.b(), 2);
        double[] start = random(c.y(), 3);
        for (int beta = 0; beta <= 1; beta++) {
            double[] expected = expected(c, a, b, beta == 0 ? new double[start.length] : start);
            double[] found = Arena.toDoubles(run(c, a, b, beta, start));
            double scale = 1e-6 * Math.sqrt(c.k);
            for (int i = 0; i < found.length; i++) {
                double bound = scale * (1 + Math.abs(expected[i]));
                if (!(Math.abs(found[i] - expected[i]) <= bound)) {
                    assertThat(found[i])
                            .as("beta %d, element %d of %s", beta, i, c)
                            .isCloseTo(expected[i], within(bound));
                }
            }
        }
    }

    /** What is bound may be used by another thread each time, with the same bits. */
    @ParameterizedTest
    @MethodSource("cases")
    void anyThreadGetsTheSameBits(Case c) throws InterruptedException {
        INDArray y = Arena.of(DType.FLOAT32, c.y(), random(c.y(), 3));
        try (Kernel kernel = kernel(c, random(c.a(), 1), random(c.b(), 2), 0, y)) {
            kernel.run();
            double[] first = Arena.toDoubles(y);
            Elements.of(y).set(0, 17);
            Thread other = new Thread(kernel::run);
            other.start();
            other.join();
            double[] second = Arena.toDoubles(y);
            int differs = Arrays.mismatch(first, second);
            assertThat(differs)
                    .as("element %d is %s, then %s", differs, at(first, differs), at(second, differs))
                    .isEqualTo(-1);
        }
    }

    private static String at(double[] numbers, int index) {
        return index < 0 ? "" : String.valueOf(numbers[index]);
    }

    /** Nobody but the kernel knows its inputs. */
    @Test
    void aKernelKeepsItsInputs() {
        Case c = new Case(32, 200, 200, false, false);
        double[] a = random(c.a(), 1);
        double[] b = random(c.b(), 2);
        INDArray y = Arena.create(DType.FLOAT32, c.y());
        INDArray left = Arena.of(DType.FLOAT32, c.a(), a);
        WeakReference<INDArray> reference = new WeakReference<>(left);
        try (Kernel kernel = MatrixKernels.gemm(left, false, Arena.of(DType.FLOAT32, c.b(), b), false, y, 0)) {
            left = null;
            System.gc();
            assertThat(reference.get()).isNotNull();
            kernel.run();
        }
        double[] expected = expected(c, a, b, new double[32 * 200]);
        assertThat(Arena.toDoubles(y)).containsExactly(expected, within(1e-4));
    }

    /** NaN of the inputs passes through; NaN that is overwritten does not. */
    @Test
    void nanPassesThroughAndIsOverwritten() {
        Case c = new Case(32, 200, 200, false, false);
        double[] a = random(c.a(), 1);
        double[] b = random(c.b(), 2);
        double[] start = new double[32 * 200];
        start[5] = Double.NaN;
        assertThat(Elements.of(run(c, a, b, 0, start)).get(5)).isFinite();
        assertThat(Elements.of(run(c, a, b, 1, start)).get(5)).isNaN();
        a[200] = Double.NaN;
        b[7] = Double.POSITIVE_INFINITY;
        a[0] = 0;
        double[] found = Arena.toDoubles(run(c, a, b, 0, start));
        assertThat(found[200]).as("NaN times a number").isNaN();
        assertThat(found[7]).as("zero times infinity").isNaN();
        assertThat(found[407]).as("a number times infinity").isInfinite();
        assertThat(found[8]).isFinite();
    }

    /** What is left to OpenBLAS: double precision, small matrices, rows and columns, and sums over few examples. */
    @Test
    void onlyLargeProductsAreOffered() {
        assertThat(isOffered(DType.FLOAT32, 32, 500, 1024)).isTrue();
        assertThat(isOffered(DType.FLOAT64, 32, 500, 1024)).isFalse();
        assertThat(isOffered(DType.FLOAT32, 100, 100, 100)).isFalse();
        assertThat(isOffered(DType.FLOAT32, 1, 2000, 1000)).isFalse();
        assertThat(isOffered(DType.FLOAT32, 2000, 7, 1000)).isFalse();
        assertThat(isOffered(DType.FLOAT32, new Case(500, 500, 127, true, false)))
                .isFalse();
        assertThat(isOffered(DType.FLOAT32, new Case(500, 500, 128, true, false)))
                .isTrue();
    }

    private static boolean isOffered(DType dtype, int m, int n, int k) {
        return isOffered(dtype, new Case(m, n, k, false, false));
    }

    private static boolean isOffered(DType dtype, Case c) {
        INDArray a = Arena.create(dtype, c.a());
        INDArray b = Arena.create(dtype, c.b());
        INDArray y = Arena.create(dtype, c.y());
        return new OneDnnKernels()
                .product(a, c.transposeA, b, c.transposeB, y, 0)
                .isPresent();
    }
}
