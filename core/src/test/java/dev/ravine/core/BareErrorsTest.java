package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.data.Batches;
import dev.ravine.core.data.Generators;
import dev.ravine.core.data.LongTermTasks;
import dev.ravine.core.data.Memorization;
import dev.ravine.core.data.OneHot;
import dev.ravine.core.data.Quadratic;
import dev.ravine.core.data.Standardize;
import dev.ravine.core.data.Vocabulary;
import dev.ravine.core.kernels.Vectors;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Arguments at which Java's own errors would say nothing of their cause. */
class BareErrorsTest {
    @Test
    void nullsInListsAreNamed() {
        List<String> names = Arrays.asList("a", null);
        assertThatThrownBy(() -> Check.noNulls("names", names))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("names must not be null, but number 1 of 2 is");
        assertThatThrownBy(() -> Check.noNulls("names", null)).hasMessage("names");
        assertThatThrownBy(() -> new OneHot(names)).hasMessageContainingAll("categories", "1 of 2");
        assertThatThrownBy(() -> OneHot.fit(names)).hasMessageContainingAll("categories", "1 of 2");
        assertThatThrownBy(() -> Vocabulary.of(Collections.singletonList(null))).hasMessageContaining("texts");
    }

    @Test
    void countsBeyondAnArrayAreNamed() {
        assertThatThrownBy(() -> Vectors.sumOfSquares(new double[3], 4)).hasMessageContainingAll("4", "found 3");
        assertThatThrownBy(() -> Vectors.sumOfSquares(new float[3], -1)).hasMessageContainingAll("-1", "found 3");
        assertThatThrownBy(() -> Generators.friedman(Integer.MAX_VALUE, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 214748364 points");
        assertThatThrownBy(() -> Generators.twoMoons(Integer.MAX_VALUE, 1, 0)).hasMessageContaining("2147483647");
    }

    @Test
    void nullsInMapsAndArraysAreNamed() {
        Map<String, Integer> numbers = new HashMap<>(Map.of("a", 1));
        assertThat(Check.noNullsIn("numbers", numbers)).isSameAs(numbers);
        numbers.put("b", null);
        assertThat(Check.noNullNamesIn("numbers", numbers)).isSameAs(numbers);
        assertThatThrownBy(() -> Check.noNullsIn("numbers", numbers))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("numbers must not be null, but that of 'b' is");
        numbers.put(null, 2);
        assertThatThrownBy(() -> Check.noNullsIn("numbers", numbers))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the names of numbers must not be null, but one is");
        assertThatThrownBy(() -> Check.noNullsIn("names", new String[] {"a", null}))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("names must not be null, but number 1 of 2 is");
    }

    static Stream<ThrowingCallable> sizesThatNoArrayHas() {
        int most = Integer.MAX_VALUE;
        return Stream.of(
                () -> new Batches(most, 1, 0),
                () -> new Batches(most, most, 0),
                () -> new Batches(most, 1, 0, most),
                () -> Batches.sequential(most, 1),
                () -> new Rng(1).permutation(most),
                () -> new Rng(1).permutation(-1),
                () -> Memorization.twentyBits(most, 22, 0),
                () -> Memorization.twentyBits(1, most, 0),
                () -> Memorization.fiveBits(most),
                () -> LongTermTasks.addition(most, 10, 0),
                () -> LongTermTasks.addition(1, most, 0),
                () -> Quadratic.logSpectrum(most, 10),
                () -> Quadratic.logSpectrum(most - 8, 10),
                () -> Quadratic.withSpectrum(new double[50_000], 1),
                () -> Generators.spirals(most, 2, 0, 1));
    }

    @ParameterizedTest
    @MethodSource
    void sizesThatNoArrayHas(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .containsPattern("found|more than an array holds|fewer than 2\\^31");
    }

    /** Blocks need memory for a window, and not for all examples. */
    @Test
    void blocksOfManyExamplesAreVisited() {
        int[] rows = new Batches(Integer.MAX_VALUE, 4, 0, 1_000_000).next();
        assertThat(rows).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void anArrayHasALongestLengthAndMustFitIntoTheHeap() {
        assertThat(Check.arrayLength("numbers", 7, Double.BYTES)).isEqualTo(7);
        assertThatThrownBy(() -> Check.arrayLength("numbers", 1L << 31, 1))
                .hasMessage(
                        "numbers must be from 0 to 2147483639, the length of Java's longest array, found 2147483648");
        assertThatThrownBy(() -> Check.arrayLength("numbers", -1, 1)).hasMessageEndingWith("found -1");
        assertThatThrownBy(() -> Check.arrayLength("numbers", Integer.MAX_VALUE - 8, 1 << 20))
                .hasMessageContainingAll("numbers must be at most", "1048576 bytes each", "found 2147483639", "-Xmx");
    }

    @Test
    void indicesOutsideAreNamed() {
        Standardize scales = Standardize.fit(Arena.of(DType.FLOAT64, Shape.of(2, 1), 1, 2));
        assertThatThrownBy(() -> scales.mean(1))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("column 1 is outside of 0..0");
        assertThatThrownBy(() -> scales.deviation(-1)).hasMessage("column -1 is outside of 0..0");
    }

    @Test
    void anEmptyArrayHasNoAddress() {
        assertThatThrownBy(() -> Address.of(Arena.create(DType.FLOAT32, Shape.of(0, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0, 3]");
    }
}
