package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class SplitsTest {
    /** The feature of an example is its place; classes 0, 2 and 3 have the given numbers of examples. */
    private static DataSet labelled(int zeros, int twos, int threes) {
        int n = zeros + twos + threes;
        long[] labels = IntStream.range(0, n)
                .mapToLong(i -> i < zeros ? 0 : i < zeros + twos ? 2 : 3)
                .toArray();
        return DataSet.of(places(n), Arena.ofIntegers(labels));
    }

    private static INDArray places(int n) {
        return Arena.of(
                DType.FLOAT64,
                Shape.of(n, 1),
                IntStream.range(0, n).asDoubleStream().toArray());
    }

    private static double[] places(DataSet data) {
        return Arena.toDoubles(data.features());
    }

    private static void assertWhole(TrainTest parts, int n) {
        double[] all = IntStream.range(0, n).asDoubleStream().toArray();
        double[] both = DoubleStream.concat(Arrays.stream(places(parts.train())), Arrays.stream(places(parts.test())))
                .sorted()
                .toArray();
        assertThat(both).as("each example once").containsExactly(all);
        for (DataSet part : List.of(parts.train(), parts.test())) {
            for (int i = 0; i < part.size(); i++) {
                int label = (int) part.targets().getDouble(i);
                assertThat(label).as("rows keep their targets").isEqualTo(labelOf((int) places(part)[i]));
            }
        }
    }

    private static int labelOf(int place) {
        return place < 50 ? 0 : place < 80 ? 2 : 3;
    }

    private static int count(DataSet data, int label) {
        return (int) Arrays.stream(Arena.toDoubles(data.targets()))
                .filter(l -> l == label)
                .count();
    }

    @ParameterizedTest
    @CsvSource({"100, 0.2, 20", "30, 0.1, 3", "10, 0.25, 3", "3, 0.01, 1", "3, 0.99, 2", "2, 0.5, 1", "7, 0.5, 4"})
    void aSplitHasTheSizeThatWasAskedFor(int n, double fraction, int test) {
        DataSet data = DataSet.of(places(n), places(n));
        TrainTest parts = Splits.trainTest(data, fraction, 1);
        assertThat(parts.test().size()).isEqualTo(test);
        assertThat(parts.train().size()).isEqualTo(n - test);
    }

    @Test
    void aSplitDependsOnTheSeedAlone() {
        DataSet data = labelled(50, 30, 20);
        for (boolean stratified : new boolean[] {false, true}) {
            TrainTest first = stratified ? Splits.stratified(data, 0.2, 7) : Splits.trainTest(data, 0.2, 7);
            TrainTest again = stratified ? Splits.stratified(data, 0.2, 7) : Splits.trainTest(data, 0.2, 7);
            TrainTest other = stratified ? Splits.stratified(data, 0.2, 8) : Splits.trainTest(data, 0.2, 8);
            assertWhole(first, 100);
            assertThat(places(again.test())).isEqualTo(places(first.test()));
            assertThat(places(again.train())).isEqualTo(places(first.train()));
            assertThat(places(other.test())).isNotEqualTo(places(first.test()));
            assertThat(first.test().classes()).as("classes of the whole").isEqualTo(4);
        }
    }

    @Test
    void aStratifiedSplitKeepsProportions() {
        for (long seed = 0; seed < 20; seed++) {
            TrainTest parts = Splits.stratified(labelled(50, 30, 20), 0.1, seed);
            assertWhole(parts, 100);
            assertThat(count(parts.test(), 0)).isEqualTo(5);
            assertThat(count(parts.test(), 2)).isEqualTo(3);
            assertThat(count(parts.test(), 3)).isEqualTo(2);
            // 12.5, 7.5 and 5: two of them are rounded, to 25 in all.
            TrainTest quarter = Splits.stratified(labelled(50, 30, 20), 0.25, seed);
            assertThat(quarter.test().size()).isEqualTo(25);
            assertThat(count(quarter.test(), 3)).isEqualTo(5);
            assertThat(count(quarter.test(), 0)).isBetween(12, 13);
            assertThat(count(quarter.test(), 2)).isBetween(7, 8);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 7, 100})
    void foldsTestEachExampleOnce(int k) {
        DataSet data = labelled(50, 30, 20);
        for (boolean stratified : new boolean[] {false, true}) {
            List<TrainTest> folds = stratified ? Splits.stratifiedFolds(data, k, 3) : Splits.folds(data, k, 3);
            assertThat(folds).hasSize(k);
            List<Double> tested = new ArrayList<>();
            for (TrainTest fold : folds) {
                assertWhole(fold, 100);
                assertThat(fold.test().size()).isBetween(100 / k, (100 + k - 1) / k);
                Arrays.stream(places(fold.test())).forEach(tested::add);
                for (int label : stratified ? new int[] {0, 2, 3} : new int[0]) {
                    int all = count(data, label);
                    assertThat(count(fold.test(), label)).isBetween(all / k, (all + k - 1) / k);
                }
            }
            assertThat(tested).doesNotHaveDuplicates().hasSize(100);
        }
    }

    @Test
    void wrongRequestsAreRefused() {
        DataSet data = labelled(50, 30, 20);
        for (double fraction : new double[] {0, 1, -0.1, 1.5, Double.NaN}) {
            assertThatThrownBy(() -> Splits.trainTest(data, fraction, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("between 0 and 1");
        }
        assertThatThrownBy(() -> Splits.trainTest(data.range(0, 1), 0.5, 1))
                .hasMessageContaining("at least 2 examples");
        assertThatThrownBy(() -> Splits.folds(data, 1, 1)).hasMessageContaining("from 2 to");
        assertThatThrownBy(() -> Splits.folds(data, 101, 1)).hasMessageContaining("100, found 101");
        DataSet numbers = DataSet.of(places(4), places(4));
        assertThatThrownBy(() -> Splits.stratified(numbers, 0.5, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("by labels");
        assertThatThrownBy(() -> Splits.stratifiedFolds(numbers, 2, 1)).hasMessageContaining("by labels");
    }

    @Test
    void hugeLabelsTakeNoMemory() {
        DataSet data = DataSet.of(places(4), Arena.ofIntegers(0, Integer.MAX_VALUE - 1, 0, Integer.MAX_VALUE - 1));
        assertThat(Splits.stratified(data, 0.5, 1).test().size()).isEqualTo(2);
    }
}
