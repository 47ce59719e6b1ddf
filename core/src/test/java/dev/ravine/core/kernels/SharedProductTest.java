package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.Canvas;
import dev.ravine.core.DType;
import dev.ravine.core.Rng;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import dev.ravine.core.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class SharedProductTest {
    /** Sizes m, n, k: one part, two, four with a remainder, one row, one column, and nothing. */
    @ParameterizedTest
    @CsvSource({"3,5,7", "64,300,300", "131,250,300", "301,200,290", "1,300,300", "517,1,90", "0,4,5", "4,5,0"})
    void hasTheSameBitsOnAnyNumberOfThreads(int m, int n, int k) {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            for (int kind = 0; kind < 8; kind++) {
                require(dtype, m, n, k, (kind & 1) != 0, (kind & 2) != 0, (kind & 4) != 0 ? 1 : 0);
            }
        }
    }

    private static void require(DType dtype, int m, int n, int k, boolean transposeA, boolean transposeB, double beta) {
        Canvas canvas = new Canvas(dtype, true);
        Rng rng = new Rng(31L * m + n);
        INDArray a = canvas.random(transposeA ? Shape.of(k, m) : Shape.of(m, k), rng, -1, 1);
        INDArray b = canvas.random(transposeB ? Shape.of(n, k) : Shape.of(k, n), rng, -1, 1);
        INDArray start = canvas.random(Shape.of(m, n), rng, -1, 1);
        INDArray whole = Arena.copyOf(start);
        MatrixKernels.gemm(a, transposeA, b, transposeB, whole, beta).run();
        double[] alone = null;
        for (int count : new int[] {1, 2, 3, 5}) {
            INDArray shared = Arena.copyOf(start);
            try (Workers workers = new Workers(count)) {
                SharedProduct.of(a, transposeA, b, transposeB, shared, beta).run(workers);
            }
            alone = alone == null ? Arena.toDoubles(shared) : alone;
            assertThat(Arena.toDoubles(shared)).as("%d threads", count).isEqualTo(alone);
        }
        // Rounding of a sum of k products of numbers below 1, however it is ordered.
        double unit = dtype == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
        double[] expected = Arena.toDoubles(whole);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(alone[i] - expected[i]));
        }
        assertThat(worst).isLessThan(32 * unit * Math.sqrt(k + 1.0));
    }

    @Test
    void matricesThatDoNotFitAreRefused() {
        INDArray a = Arena.create(DType.FLOAT32, Shape.of(200, 300));
        INDArray b = Arena.create(DType.FLOAT32, Shape.of(200, 300));
        INDArray y = Arena.create(DType.FLOAT32, Shape.of(200, 300));
        assertThatThrownBy(() -> SharedProduct.of(a, false, b, false, y, 0))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("a product of FLOAT32 [200, 300] and FLOAT32 [200, 300] does not fit");
    }
}
