package dev.ravine.optim.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Elements;
import dev.ravine.core.Shape;
import dev.ravine.core.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whoever adds neighbouring shards, the sum has the bits of the tree that their numbers name. */
class PairwiseSumTest {
    private static final int SIZE = 5;
    private static final double FACTOR = 1.0 / 7;

    /** Numbers of many sizes, so that every other order of adding has other bits. */
    private static double[][] numbers(int shards, DType dtype) {
        Random random = new Random(shards);
        double[][] numbers = new double[shards][SIZE];
        for (double[] shard : numbers) {
            Arrays.setAll(shard, i -> {
                double x = random.nextGaussian() * Math.exp(3 * random.nextGaussian());
                return dtype == DType.FLOAT32 ? (float) x : x;
            });
        }
        return numbers;
    }

    private static Term shard(int i, double... numbers) {
        return new Term(i, 0, FACTOR, Elements.of(numbers));
    }

    private static Term shard(int i, DType dtype, double... numbers) {
        return dtype == DType.FLOAT64
                ? shard(i, numbers)
                : new Term(i, 0, FACTOR, Elements.of(Arena.of(dtype, Shape.of(SIZE), numbers)));
    }

    /** The tree, element by element, as the class describes it. */
    private static double expected(double[][] numbers, int i, int from, int to, DType dtype) {
        boolean isSingle = dtype == DType.FLOAT32;
        if (to - from == 1) {
            return isSingle ? (float) FACTOR * (float) numbers[from][i] : FACTOR * numbers[from][i];
        }
        int half = Integer.highestOneBit(to - from - 1);
        double left = expected(numbers, i, from, from + half, dtype);
        double right = expected(numbers, i, from + half, to, dtype);
        return isSingle ? (float) left + (float) right : left + right;
    }

    private static double[] expected(double[][] numbers, DType dtype) {
        double[] sum = new double[SIZE];
        Arrays.setAll(sum, i -> expected(numbers, i, 0, numbers.length, dtype));
        return sum;
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64"})
    void theOrderIsThatOfATree(DType dtype) {
        for (int shards = 1; shards <= 33; shards++) {
            double[][] numbers = numbers(shards, dtype);
            for (int atOnce : new int[] {1, 2, 3, 4, 7, shards}) {
                List<Term> terms = new ArrayList<>();
                for (int i = 0; i < shards; i++) {
                    terms.add(shard(i, dtype, numbers[i]));
                }
                assertThat(sum(dtype, terms, atOnce))
                        .as(shards + " shards, " + atOnce + " at once")
                        .isEqualTo(expected(numbers, dtype));
            }
        }
    }

    private static double[] sum(DType dtype, List<Term> terms, int atOnce) {
        INDArray out = Arena.create(dtype, Shape.of(SIZE)).addi(99);
        try (Workers workers = new Workers(1);
                SumMemory memory = new SumMemory(workers);
                PairwiseSum sum = PairwiseSum.into(out, memory)) {
            for (int i = 0; i < terms.size(); i += atOnce) {
                sum.accept(terms.subList(i, Math.min(terms.size(), i + atOnce)));
            }
            sum.finish();
            return Arena.toDoubles(out);
        }
    }

    /** Any cuts of the shards into neighbours, as partitions of a cluster have them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 16, 21, 60})
    void partsThatOthersAddedHaveTheSameBits(int shards) {
        double[][] numbers = numbers(shards, DType.FLOAT64);
        Random random = new Random(1);
        for (int trial = 0; trial < 50; trial++) {
            List<Term> terms = new ArrayList<>();
            for (int from = 0; from < shards; ) {
                int to = from + 1 + random.nextInt(shards - from);
                terms.addAll(added(numbers, from, to));
                from = to;
            }
            assertThat(sum(DType.FLOAT64, terms, 1 + random.nextInt(terms.size())))
                    .isEqualTo(expected(numbers, DType.FLOAT64));
        }
    }

    private static List<Term> added(double[][] numbers, int from, int to) {
        try (Workers workers = new Workers(1);
                SumMemory memory = new SumMemory(workers);
                PairwiseSum sum = PairwiseSum.ofSome(memory)) {
            for (int i = from; i < to; i++) {
                sum.accept(List.of(shard(i, numbers[i])));
            }
            assertThat(sum.branches()).hasSizeLessThanOrEqualTo(2 * (32 - Integer.numberOfLeadingZeros(to - from)));
            return sum.branches().stream()
                    .map(branch ->
                            new Term(branch.first(), branch.level(), 1, Elements.of(Arena.toDoubles(branch.sum()))))
                    .toList();
        }
    }

    @Test
    void shardsWithAGapStayApart() {
        double[][] numbers = numbers(8, DType.FLOAT64);
        try (Workers workers = new Workers(1);
                SumMemory memory = new SumMemory(workers);
                PairwiseSum sum = PairwiseSum.ofSome(memory)) {
            for (int i : new int[] {1, 2, 3, 6}) {
                sum.accept(List.of(shard(i, numbers[i])));
            }
            assertThat(sum.branches().stream().map(branch -> branch.first() + ":" + branch.level()))
                    .containsExactly("1:0", "2:1", "6:0");
        }
    }

    /** A tenth, a million times over: a power of two of equal numbers has no rounding error in a tree. */
    @Test
    void plainNumbersAreAddedByTheSameRule() {
        assertThat(PairwiseSum.of()).isZero();
        double[][] numbers = numbers(11, DType.FLOAT64);
        double[] first = Arrays.stream(numbers).mapToDouble(n -> FACTOR * n[0]).toArray();
        assertThat(PairwiseSum.of(first)).isEqualTo(expected(numbers, DType.FLOAT64)[0]);
        double[] tenths = new double[1 << 20];
        Arrays.fill(tenths, 0.1);
        double exact = 0.1 * (1 << 20);
        assertThat(PairwiseSum.of(tenths)).isEqualTo(exact);
        assertThat(Arrays.stream(tenths).reduce(0, Double::sum)).isNotEqualTo(exact);
    }

    @Test
    void infiniteNumbersWithoutWeightCountNothing() {
        Term[] terms = {
            new Term(0, 0, 0, Elements.of(new double[] {Double.NaN})),
            new Term(1, 0, 0, Elements.of(new double[] {Double.POSITIVE_INFINITY})),
            new Term(2, 0, 0, Elements.of(new double[] {1}))
        };
        INDArray out = Arena.create(DType.FLOAT64, Shape.of(1)).addi(5);
        try (Workers workers = new Workers(1);
                SumMemory memory = new SumMemory(workers);
                PairwiseSum sum = PairwiseSum.into(out, memory)) {
            sum.accept(List.of(terms));
            sum.finish();
        }
        assertThat(out.getDouble(0)).isZero();
    }

    @Test
    void termsOutOfOrderAreRefused() {
        try (Workers workers = new Workers(1);
                SumMemory memory = new SumMemory(workers);
                PairwiseSum all = PairwiseSum.into(Arena.create(DType.FLOAT64, Shape.of(1)), memory);
                PairwiseSum some = PairwiseSum.ofSome(memory)) {
            assertThatThrownBy(() -> all.accept(List.of(shard(1, 1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "a term of the shards from 1 to before 2 does not follow the shards before 0; expected");
            some.accept(List.of(shard(3, 1)));
            assertThatThrownBy(() -> some.accept(List.of(shard(3, 1)))).hasMessageContaining("does not follow");
            Term crooked = new Term(6, 2, 1, Elements.of(new double[] {1}));
            assertThatThrownBy(() -> some.accept(List.of(crooked))).hasMessageContaining("from 6 to before 10");
        }
    }

    /** Of sixteen shards that come in pairs, beside the result, there are at most three vectors. */
    @Test
    void memoryGrowsWithTheLogarithm() {
        double[][] numbers = numbers(16, DType.FLOAT64);
        try (Workers workers = new Workers(1);
                SumMemory memory = new SumMemory(workers)) {
            for (int pass = 0; pass < 3; pass++) {
                try (PairwiseSum sum = PairwiseSum.into(Arena.create(DType.FLOAT64, Shape.of(SIZE)), memory)) {
                    for (int i = 0; i < 16; i += 2) {
                        sum.accept(List.of(shard(i, numbers[i]), shard(i + 1, numbers[i + 1])));
                    }
                    sum.finish();
                }
            }
            assertThat(memory.bytes()).isEqualTo(3 * SIZE * Double.BYTES);
        }
    }
}
