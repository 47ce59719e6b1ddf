package dev.ravine.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class KernelChainTest {
    private static final int ROWS = 31;
    private static final int COLUMNS = 70;

    /** Arrays by number: results of the right shape, and a row, a column and a number that are only read. */
    private static final class Memory implements AutoCloseable {
        final Arena arena = new Arena();
        final List<INDArray> full = new ArrayList<>();
        final List<INDArray> repeated = new ArrayList<>();

        Memory(DType dtype, long seed) {
            Random random = new Random(seed);
            for (int i = 0; i < 5; i++) {
                full.add(filled(dtype, random, ROWS, COLUMNS));
            }
            repeated.add(filled(dtype, random, COLUMNS));
            repeated.add(filled(dtype, random, ROWS, 1));
            repeated.add(filled(dtype, random, 1));
        }

        private INDArray filled(DType dtype, Random random, long... shape) {
            INDArray array = arena.allocate(dtype, Shape.of(shape));
            Elements elements = Elements.of(array);
            for (int i = 0; i < elements.size(); i++) {
                elements.set(i, random.nextGaussian());
            }
            return array;
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static Kernel kernel(Memory memory, Random random) {
        INDArray a = memory.full.get(random.nextInt(5));
        INDArray b =
                random.nextInt(3) == 0 ? memory.repeated.get(random.nextInt(3)) : memory.full.get(random.nextInt(5));
        INDArray y = memory.full.get(random.nextInt(5));
        return switch (random.nextInt(8)) {
            case 0 -> UnaryKernels.neg(a, y);
            case 1 -> UnaryKernels.sigmoid(a, y);
            case 2 -> UnaryKernels.addScalar(a, 0.3, y);
            case 3 -> UnaryKernels.sin(a, y); // not made of chunks, so it ends a chain
            case 4 -> BinaryKernels.add(a, b, y);
            case 5 -> BinaryKernels.sub(b, a, y);
            default -> BinaryKernels.mul(a, b, y);
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void chainsOfRandomKernelsHaveTheSameBits(DType dtype) {
        int joined = 0;
        int ended = 0;
        for (long seed = 0; seed < 300; seed++) {
            try (Memory alone = new Memory(dtype, seed);
                    Memory together = new Memory(dtype, seed)) {
                Random one = new Random(seed);
                Random two = new Random(seed);
                KernelChain chain = new KernelChain();
                for (int i = 0; i < 12; i++) {
                    kernel(alone, one).run();
                    Kernel next = kernel(together, two);
                    if (chain.add(next)) {
                        joined++;
                        continue;
                    }
                    ended++;
                    run(chain);
                    chain = new KernelChain();
                    if (!chain.add(next)) {
                        next.run();
                    }
                }
                run(chain);
                for (int i = 0; i < 5; i++) {
                    assertThat(Arena.toDoubles(together.full.get(i)))
                            .containsExactly(Arena.toDoubles(alone.full.get(i)));
                }
            }
        }
        assertThat(joined).isGreaterThan(2000);
        assertThat(ended).isGreaterThan(200);
    }

    private static void run(KernelChain chain) {
        if (chain.size() > 0) {
            BitSet all = new BitSet();
            all.set(0, chain.size());
            chain.kernel(all).run();
        }
    }

    @Test
    void whatNobodyElseReadsIsNotWritten() {
        INDArray x = Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3);
        INDArray between = Arena.of(DType.FLOAT64, Shape.of(3), 7, 7, 7);
        INDArray y = Arena.create(DType.FLOAT64, Shape.of(3));
        KernelChain chain = new KernelChain();
        assertThat(chain.add(UnaryKernels.square(x, between))).isTrue();
        assertThat(chain.add(BinaryKernels.add(between, x, y))).isTrue();
        BitSet read = new BitSet();
        read.set(1);
        chain.kernel(read).run();
        assertThat(Arena.toDoubles(y)).containsExactly(2, 6, 12);
        assertThat(Arena.toDoubles(between)).containsExactly(7, 7, 7);
    }

    /** A later chunk would read what an earlier one has overwritten. */
    @Test
    void whatWouldSeeOtherChunksDoesNotJoin() {
        INDArray memory = Arena.create(DType.FLOAT64, Shape.of(3000));
        INDArray row = Arena.view(memory, 10, Shape.of(100));
        INDArray whole = Arena.view(memory, 0, Shape.of(20, 100));
        INDArray shifted = Arena.view(memory, 1, Shape.of(20, 100));
        INDArray x = Arena.create(DType.FLOAT64, Shape.of(20, 100));
        INDArray y = Arena.create(DType.FLOAT64, Shape.of(20, 100));
        INDArray small = Arena.create(DType.FLOAT64, Shape.of(10, 100));
        INDArray single = Arena.create(DType.FLOAT32, Shape.of(20, 100));

        assertThat(joins(BinaryKernels.add(x, row, y), UnaryKernels.neg(x, whole)))
                .isFalse();
        assertThat(joins(UnaryKernels.neg(x, whole), BinaryKernels.add(x, row, y)))
                .isFalse();
        assertThat(joins(UnaryKernels.neg(x, whole), UnaryKernels.neg(shifted, y)))
                .isFalse();
        assertThat(joins(UnaryKernels.neg(shifted, y), UnaryKernels.neg(x, whole)))
                .isFalse();
        assertThat(joins(UnaryKernels.neg(x, whole), UnaryKernels.neg(y, shifted)))
                .isFalse();
        assertThat(joins(UnaryKernels.neg(x, y), UnaryKernels.neg(small, small)))
                .isFalse();
        assertThat(joins(UnaryKernels.neg(x, y), UnaryKernels.neg(single, single)))
                .isFalse();
        assertThat(joins(UnaryKernels.neg(x, y), UnaryKernels.cast(y, single))).isFalse();
        assertThat(joins(UnaryKernels.neg(x, y), UnaryKernels.sin(y, x))).isFalse();
        assertThat(joins(UnaryKernels.neg(x, whole), UnaryKernels.neg(whole, whole)))
                .isTrue();
        assertThat(joins(UnaryKernels.neg(whole, y), UnaryKernels.neg(x, whole)))
                .isTrue();
    }

    private static boolean joins(Kernel first, Kernel second) {
        KernelChain chain = new KernelChain();
        assertThat(chain.add(first)).isTrue();
        boolean joined = chain.add(second);
        assertThat(chain.size()).isEqualTo(joined ? 2 : 1);
        return joined;
    }

    /** Of ten values that all are read at the end, eight fit. */
    @Test
    void aChainEndsWhenThereAreNoArraysLeft() {
        INDArray x = Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3);
        KernelChain chain = new KernelChain();
        List<INDArray> values = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            INDArray value = Arena.create(DType.FLOAT64, Shape.of(3));
            INDArray from = i < 7 ? x : values.get(i - 7);
            if (!chain.add(BinaryKernels.add(from, x, value))) {
                break;
            }
            values.add(value);
        }
        assertThat(chain.size()).isEqualTo(20);
        INDArray last = Arena.create(DType.FLOAT64, Shape.of(3));
        int before = chain.size();
        boolean joined = true;
        for (int i = 0; joined && i < 20; i++) {
            joined = chain.add(BinaryKernels.add(values.get(i), x, last));
        }
        assertThat(joined).isFalse();
        assertThat(chain.size()).isGreaterThanOrEqualTo(before);
        run(chain);
        assertThat(Arena.toDoubles(values.get(19))).containsExactly(4, 8, 12);
    }
}
