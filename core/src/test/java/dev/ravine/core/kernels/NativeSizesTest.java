package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.ShapeException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sizes that do not fit together never reach native code, which would read and write elsewhere. */
class NativeSizesTest {
    private static INDArray array(long... sizes) {
        return Arena.create(DType.FLOAT64, Shape.of(sizes));
    }

    @Test
    void productsCheckAllShapes() {
        assertProductRefused(array(2, 3), false, array(3, 4), false, array(2000, 2000));
        assertProductRefused(array(2, 3), false, array(3, 4), false, array(2, 3));
        assertProductRefused(array(2, 3), false, array(300, 4), false, array(2, 4));
        assertProductRefused(array(2, 300), false, array(3, 4), false, array(2, 4));
        assertProductRefused(array(2, 3), true, array(3, 4), false, array(2, 4));
        assertProductRefused(array(2, 3), false, array(3, 4), true, array(2, 4));
        assertProductRefused(array(6), false, array(3, 4), false, array(2, 4));
        assertProductRefused(array(2, 3), false, array(3, 4), false, Arena.create(DType.FLOAT32, Shape.of(2, 4)));
        assertProductRefused(array(2, 3), false, Arena.create(DType.INT64, Shape.of(3, 4)), false, array(2, 4));
    }

    private static void assertProductRefused(INDArray a, boolean ta, INDArray b, boolean tb, INDArray y) {
        assertThatThrownBy(() -> MatrixKernels.gemm(a, ta, b, tb, y, 0))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[m, k] times [k, n] into [m, n]");
        assertThatThrownBy(() -> MatrixKernels.batchedGemm(a, ta, b, tb, y, 0)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void productsOfArraysWithGapsAreRefused() {
        INDArray turned = array(4, 3).transpose();
        assertThatThrownBy(() -> MatrixKernels.gemm(turned, false, array(4, 2), false, array(3, 2), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Arena.dense");
    }

    @Test
    void stretchesOfVectorsLieInside() {
        Elements x = Elements.of(array(10));
        Elements y = Elements.of(array(10));
        Elements shorter = Elements.of(array(5));
        int[][] wrong = {{-1, 3}, {3, 11}, {0, Integer.MAX_VALUE}, {5, 4}, {Integer.MIN_VALUE, Integer.MAX_VALUE}};
        for (int[] ends : wrong) {
            assertThatThrownBy(() -> Vectors.axpy(1, x, y, ends[0], ends[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> Vectors.axpy(1, x, shorter, 0, 10)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Vectors.axpy(1, shorter, x, 0, 10)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Vectors.axpy(1, x, shorter)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Vectors.dot(x, y, 0, 11)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Vectors.dot(x, shorter, 0, 5)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Vectors.dot(Elements.of(new double[3]), Elements.of(new double[2])))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void functionsOfEachElementCheckTheirShapes() {
        for (INDArray y : new INDArray[] {array(3), array(50), Arena.create(DType.FLOAT32, Shape.of(20))}) {
            assertThatThrownBy(() -> UnaryKernels.sin(array(20), y)).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> UnaryKernels.cos(array(20), y)).isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void factorizationsCheckShapesAndOrder() {
        INDArray turned = array(2, 6).transpose();
        assertThatThrownBy(() -> Lapack.eigen(array(3, 3), array(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Lapack.solve(array(3, 3), array(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Lapack.solveLower(array(3, 3), array(4))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Lapack.symmetricProduct(array(3, 3), array(3), array(2)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Lapack.tridiagonalEigen(array(3), array(2), array(3, 3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Lapack.leastSquares(array(2, 6), array(5), 1e-12))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Lapack.leastSquares(turned, array(2), 1e-12)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> Lapack.cholesky(array(6, 6).transpose()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("Arena.dense");
    }

    @Test
    void axesAndShapesThatDoNotFitAreNamed() {
        for (int axis : new int[] {2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> ScanKernels.cumulativeSum(array(2, 3), axis, false, array(2, 3)))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> ReductionKernels.softmax(array(2, 3), new int[] {axis}, array(2, 3)))
                    .isInstanceOf(ShapeException.class);
        }
        assertThatThrownBy(() -> ScanKernels.cumulativeSum(array(2, 3), 0, false, array(3, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[2, 3] and [3, 2]");
        assertThatThrownBy(() -> LayoutKernels.broadcast(array(2, 3), array(3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[2, 3]");
    }

    @Test
    void dtypesThatDoNotFitAreNamed() {
        INDArray single = Arena.create(DType.FLOAT32, Shape.of(2, 3));
        assertThatThrownBy(() -> BinaryKernels.add(array(2, 3), single, single))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("found FLOAT64");
        assertThatThrownBy(() -> AlongAxisKernels.gather(single, single, 0, single))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("INT64, found FLOAT32");
    }
}
