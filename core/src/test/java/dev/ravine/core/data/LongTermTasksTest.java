package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LongTermTasksTest {
    private static final int N = 400;

    /** One example's rows from its first step on. */
    private static List<double[]> steps(DataSet data, int example, int lead, double leadValue) {
        int most = (int) data.featureShape().size(0);
        int width = (int) data.featureShape().size(1);
        double[] all = Arena.toDoubles(data.range(example, example + 1).features());
        List<double[]> rows = new ArrayList<>();
        for (int s = 0; s < most; s++) {
            double[] row = java.util.Arrays.copyOfRange(all, s * width, (s + 1) * width);
            if (!rows.isEmpty() || row[lead] == leadValue) {
                rows.add(row);
            }
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"50, 50, 54", "100, 100, 109", "20, 20, 21"})
    void sumsAndProductsAreOfTheTwoMarkedNumbers(int length, int shortest, int longest) {
        DataSet sums = LongTermTasks.addition(N, length, 5);
        DataSet products = LongTermTasks.multiplication(N, length, 5);
        double[] sum = Arena.toDoubles(sums.targets());
        double[] product = Arena.toDoubles(products.targets());
        TreeSet<Integer> lengths = new TreeSet<>();
        TreeSet<Integer> first = new TreeSet<>();
        TreeSet<Integer> second = new TreeSet<>();
        for (int i = 0; i < N; i++) {
            List<double[]> steps = steps(sums, i, 1, -1);
            lengths.add(steps.size());
            int[] marked = IntStream.range(0, steps.size())
                    .filter(s -> steps.get(s)[1] == 1)
                    .toArray();
            assertThat(marked).hasSize(2);
            first.add(marked[0]);
            second.add(marked[1]);
            assertThat(IntStream.range(0, steps.size()).filter(s -> steps.get(s)[1] == -1))
                    .containsExactly(0, steps.size() - 3);
            double a = steps.get(marked[0])[0];
            double b = steps.get(marked[1])[0];
            assertThat(sum[i]).isCloseTo(0.5 + (a + b) / 4, within(1e-7));
            assertThat(product[i]).isCloseTo(a * b, within(1e-7));
        }
        assertThat(lengths.first()).isEqualTo(shortest);
        assertThat(lengths.last()).isEqualTo(longest);
        assertThat(sums.featureShape()).isEqualTo(Shape.of(longest, 2));
        assertThat(first.first()).isGreaterThanOrEqualTo(1);
        assertThat(first.last()).isLessThan(length / 10);
        assertThat(second.first()).isGreaterThanOrEqualTo(length / 10);
        assertThat(second.last()).isLessThan(length / 2);
    }

    @Test
    void xorIsOfTheTwoMarkedBits() {
        DataSet data = LongTermTasks.xor(N, 100, 6);
        double[] targets = Arena.toDoubles(data.targets());
        for (int i = 0; i < N; i++) {
            List<double[]> steps = steps(data, i, 1, -1);
            assertThat(steps.size()).isBetween(50, 54);
            int[] marked = IntStream.range(0, steps.size())
                    .filter(s -> steps.get(s)[1] == 1)
                    .toArray();
            assertThat(marked[0]).isBetween(1, 9);
            assertThat(marked[1]).isBetween(15, 24);
            assertThat(targets[i]).isEqualTo(steps.get(marked[0])[0] == steps.get(marked[1])[0] ? 0 : 1);
        }
        assertThat(java.util.Arrays.stream(targets).sum()).isBetween(0.4 * N, 0.6 * N);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theClassTellsTheOrderOfXAndY(int bits) {
        DataSet data = LongTermTasks.temporalOrder(N, 100, bits, 7);
        double[] labels = Arena.toDoubles(data.targets());
        for (int i = 0; i < N; i++) {
            List<double[]> steps = steps(data, i, 6, 1);
            StringBuilder order = new StringBuilder();
            for (int s = 0; s < steps.size(); s++) {
                double[] row = steps.get(s);
                assertThat(java.util.Arrays.stream(row).sum()).isEqualTo(1);
                assertThat(row[6]).isEqualTo(s == 0 ? 1 : 0);
                assertThat(row[7]).isEqualTo(s == steps.size() - 1 ? 1 : 0);
                order.append(row[4] == 1 ? "0" : row[5] == 1 ? "1" : "");
            }
            assertThat(order).hasSize(bits);
            assertThat(labels[i]).isEqualTo(Integer.parseInt(order.toString(), 2));
        }
        assertThat(data.classes()).isEqualTo(1 << bits);
    }

    @Test
    void theFirstSymbolOfAPermutationIsItsLabel() {
        DataSet data = LongTermTasks.randomPermutation(50, 30, 8);
        assertThat(data.featureShape()).isEqualTo(Shape.of(30, 100));
        double[] labels = Arena.toDoubles(data.targets());
        for (int i = 0; i < 50; i++) {
            double[] all = Arena.toDoubles(data.range(i, i + 1).features());
            assertThat(all[(int) labels[i]]).isEqualTo(1);
            for (int s = 1; s < 30; s++) {
                assertThat(all[100 * s] + all[100 * s + 1]).isZero();
            }
            assertThat(java.util.Arrays.stream(all).sum()).isEqualTo(30);
        }
    }

    @Test
    void aSeedGivesTheSameSequences() {
        assertThat(Arena.toDoubles(LongTermTasks.addition(9, 40, 1).features()))
                .isEqualTo(Arena.toDoubles(LongTermTasks.addition(9, 40, 1).features()))
                .isNotEqualTo(Arena.toDoubles(LongTermTasks.addition(9, 40, 2).features()));
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> LongTermTasks.addition(0, 50, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 0 of length 50");
        assertThatThrownBy(() -> LongTermTasks.xor(5, 19, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 20");
        assertThatThrownBy(() -> LongTermTasks.temporalOrder(5, 50, 4, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 or 3 symbols, found 4");
        assertThatThrownBy(() -> LongTermTasks.randomPermutation(1_000_000, 100, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than an array holds");
    }
}
