package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.kernels.Vectors;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ArenaTest {
    @ParameterizedTest
    @EnumSource(DType.class)
    void newMemoryIsZeroAndCounted(DType dtype) {
        try (Arena arena = new Arena()) {
            INDArray x = arena.allocate(dtype, Shape.of(3, 4));
            INDArray scalar = arena.allocate(dtype, Shape.of());
            INDArray empty = arena.allocate(dtype, Shape.of(2, 0));
            assertThat(Arena.toDoubles(x)).containsOnly(0).hasSize(12);
            assertThat(Arena.toDoubles(scalar)).containsExactly(0);
            assertThat(Arena.toDoubles(empty)).isEmpty();
            assertThat(Shape.of(empty)).isEqualTo(Shape.of(2, 0));
            assertThat(DType.of(x)).isEqualTo(dtype);
            assertThat(Arena.isDense(x)).isTrue();
            assertThat(arena.bytes()).isEqualTo(13L * dtype.bytes());
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void viewsShareTheMemoryOfTheirRoot(DType dtype) {
        INDArray root = counting(dtype, 24);
        INDArray view = Arena.view(root, 6, Shape.of(3, 4));
        assertThat(Arena.toDoubles(view)).containsExactly(range(6, 18));
        Elements.of(view).set(5, 100);
        assertThat(Elements.of(root).get(11)).isEqualTo(100);
        Elements.of(root).set(6, 200);
        assertThat(Elements.of(view).get(0)).isEqualTo(200);
        assertThat(Arena.isDense(view)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void viewsOfViewsCountFromTheView(DType dtype) {
        INDArray root = counting(dtype, 24);
        INDArray view = Arena.view(root, 6, Shape.of(3, 4));
        for (int offset = 0; offset <= 8; offset++) {
            INDArray inner = Arena.view(view, offset, Shape.of(2, 2));
            assertThat(Arena.toDoubles(inner)).as("offset %d", offset).containsExactly(range(6 + offset, 10 + offset));
            INDArray innermost = Arena.view(inner, 1, Shape.of(3));
            assertThat(Arena.toDoubles(innermost)).containsExactly(range(7 + offset, 10 + offset));
            assertThat(innermost.getDouble(2)).as("by ND4J's own access").isEqualTo(9 + offset);
        }
    }

    @Test
    void viewsThatNd4jMadeAreRootsToo() {
        INDArray matrix = Arena.view(counting(DType.FLOAT32, 24), 0, Shape.of(6, 4));
        INDArray rows = matrix.get(NDArrayIndex.interval(2, 5), NDArrayIndex.all());
        assertThat(Arena.isDense(rows)).isTrue();
        assertThat(Arena.toDoubles(Arena.view(rows, 3, Shape.of(2, 3)))).containsExactly(range(11, 17));
    }

    @Test
    void viewsMustLieInsideOfTheirRoot() {
        INDArray root = counting(DType.FLOAT64, 6);
        assertThatThrownBy(() -> Arena.view(root, -1, Shape.of(2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Arena.view(root, 5, Shape.of(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a view of 2 elements at offset 5 does not fit into an array of 6 elements");
        assertThat(Arena.view(root, 6, Shape.of(0, 3)).isEmpty()).isTrue();
    }

    @Test
    void viewsKeepTheMemoryOfAnUnownedRoot() {
        INDArray view = Arena.view(counting(DType.FLOAT64, 100_000), 50_000, Shape.of(3));
        for (int round = 0; round < 5; round++) {
            System.gc();
            Vectors.fill(Arena.create(DType.FLOAT64, Shape.of(100_000)), -1);
        }
        assertThat(Arena.toDoubles(view)).containsExactly(50_000, 50_001, 50_002);
    }

    @Test
    void arraysInOtherOrdersAreCopiedToBeDense() {
        INDArray columns = Nd4j.create(new double[][] {{1, 2, 3}, {4, 5, 6}}).dup('f');
        assertThat(Arena.isDense(columns)).isFalse();
        assertThatThrownBy(() -> Elements.of(columns))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not dense");
        INDArray dense = Arena.dense(columns);
        assertThat(Arena.isDense(dense)).isTrue();
        assertThat(Arena.toDoubles(dense)).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(Arena.dense(dense)).isSameAs(dense);
        assertThat(Arena.toDoubles(columns.transpose())).containsExactly(1, 4, 2, 5, 3, 6);
        INDArray gaps = dense.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3));
        assertThat(Arena.isDense(gaps)).isFalse();
        assertThat(Arena.toDoubles(gaps)).containsExactly(2, 3, 5, 6);
    }

    @Test
    void copiesAreIndependent() {
        INDArray x = counting(DType.FLOAT32, 4);
        INDArray copy = Arena.copyOf(x);
        Elements.of(copy).set(0, 9);
        assertThat(Elements.of(x).get(0)).isZero();
    }

    @Test
    void closingReturnsTheMemoryAndForbidsMore() {
        Arena arena = new Arena();
        INDArray x = arena.allocate(DType.FLOAT32, Shape.of(8));
        arena.close();
        arena.close();
        assertThat(x.wasClosed()).isTrue();
        assertThat(arena.bytes()).isZero();
        assertThatThrownBy(() -> arena.allocate(DType.FLOAT32, Shape.of(8)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void manyRoundsOfAllocationLeakNothing() {
        long block = 4L << 20;
        long before = 0;
        for (int round = 0; round < 1000; round++) {
            try (Arena arena = new Arena()) {
                INDArray x = arena.allocate(DType.FLOAT32, Shape.of(block / 4));
                Elements.of(x).set(0, 1);
                Arena.view(x, 5, Shape.of(10));
            }
            if (round == 10) {
                before = Pointer.physicalBytes();
            }
        }
        // All rounds together asked for 4 GiB.
        assertThat(Pointer.physicalBytes() - before).isLessThan(50 * block);
    }

    @Test
    void arraysThatBuffersCannotAddressAreRefused() {
        assertThatThrownBy(() -> Arena.create(DType.FLOAT32, Shape.of(1L << 29)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit");
        assertThatThrownBy(() -> Arena.create(DType.FLOAT64, Shape.of(1L << 14, 1L << 14)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit");
    }

    @Test
    void valuesMustFillTheShape() {
        assertThatThrownBy(() -> Arena.of(DType.FLOAT32, Shape.of(2, 2), 1, 2, 3))
                .isInstanceOf(ShapeException.class)
                .hasMessage("shape [2, 2] needs 4 values, found 3");
    }

    private static INDArray counting(DType dtype, int n) {
        INDArray x = Arena.create(dtype, Shape.of(n));
        Elements out = Elements.of(x);
        for (int i = 0; i < n; i++) {
            out.set(i, i);
        }
        return x;
    }

    private static double[] range(int from, int to) {
        return IntStream.range(from, to).asDoubleStream().toArray();
    }

    @Test
    void shapesWithMoreElementsThanCanBeCountedAreNamed() {
        INDArray root = counting(DType.FLOAT32, 3);
        Shape shape = Shape.of(1L << 40, 1L << 23);
        assertThatThrownBy(() -> Arena.view(root, 0, shape))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[1099511627776, 8388608] has more elements");
        assertThatThrownBy(() -> Arena.create(DType.FLOAT64, shape)).isInstanceOf(ShapeException.class);
        assertThat(Shape.of(1L << 40, (1L << 23) - 1).count()).isEqualTo((1L << 63) - (1L << 40));
        assertThat(Shape.of(0, 1L << 40, 1L << 40).count()).isZero();
    }

    /** Offset plus count is beyond 2^63 here. */
    @Test
    void viewsAtHugeOffsetsAreRefused() {
        INDArray root = counting(DType.FLOAT32, 3);
        for (long offset : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 4, Long.MIN_VALUE, 1L << 32}) {
            assertThatThrownBy(() -> Arena.view(root, offset, Shape.of(10)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not fit into an array of 3 elements");
        }
        assertThatThrownBy(() -> Arena.view(root, 1, Shape.of(1L << 40))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void viewsOfArraysWithGapsAreRefused() {
        INDArray gaps = Arena.view(counting(DType.FLOAT64, 12), 0, Shape.of(3, 4))
                .get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2));
        assertThatThrownBy(() -> Arena.view(gaps, 0, Shape.of(6)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Arena.dense");
    }

    @Test
    void aClosedArenaIsNamedByItsArraysForGood() {
        Arena arena = new Arena("the vector of the test");
        INDArray x = arena.allocate(DType.FLOAT64, Shape.of(1_000_000));
        INDArray view = Arena.view(x, 3, Shape.of(5));
        Elements elements = Elements.of(view);
        arena.close();
        arena = null;
        System.gc();
        assertThatThrownBy(() -> elements.get(2)).hasMessageStartingWith("the vector of the test is closed");
        assertThatThrownBy(() -> Elements.of(view)).hasMessageStartingWith("the vector of the test is closed");
        assertThatThrownBy(() -> Vectors.norm(x)).hasMessageStartingWith("the vector of the test is closed");
    }

    /** Nothing but the garbage collector knows of them; ND4J returns the memory of arrays that are gone. */
    @Test
    void arenasThatNobodyClosesLeakNothing() throws InterruptedException {
        List<WeakReference<INDArray>> arrays = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            arrays.add(new WeakReference<>(new Arena().allocate(DType.FLOAT32, Shape.of(1000))));
        }
        for (int wait = 0; wait < 100 && arrays.stream().anyMatch(a -> a.get() != null); wait++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(arrays).allMatch(a -> a.get() == null);
    }

    @Test
    void anArrayThatWasClosedByItselfSaysSo() {
        INDArray x = counting(DType.FLOAT32, 1_000_000);
        x.close();
        assertThatThrownBy(() -> Elements.of(x))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed by INDArray.close()");
    }
}
