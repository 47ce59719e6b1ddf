package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.data.Generators;
import dev.ravine.core.data.OneHot;
import dev.ravine.core.data.Vocabulary;
import dev.ravine.core.kernels.Vectors;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

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
    void anEmptyArrayHasNoAddress() {
        assertThatThrownBy(() -> Address.of(Arena.create(DType.FLOAT32, Shape.of(0, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0, 3]");
    }
}
