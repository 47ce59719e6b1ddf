package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.DType;
import dev.ravine.core.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class OneHotTest {
    private static final OneHot TREES = OneHot.fit(List.of("oak", "elm", "oak", "ash"));

    @Test
    void eachNameHasItsColumn() {
        assertThat(TREES.categories()).containsExactly("ash", "elm", "oak");
        assertThat(Arena.toDoubles(TREES.encode(DType.FLOAT32, List.of("oak", "ash"))))
                .containsExactly(0, 0, 1, 1, 0, 0);
        assertThat(TREES.decode(Arena.of(DType.FLOAT64, Shape.of(2, 3), 0.2, 0.5, 0.3, 0.5, 0.5, 0)))
                .containsExactly("elm", "ash");
        assertThat(TREES).hasToString("OneHot['ash', 'elm', 'oak']");
    }

    @Test
    void anUnknownNameIsRefusedWithItsRow() {
        assertThatThrownBy(() -> TREES.encode(DType.FLOAT32, List.of("oak", "fir")))
                .hasMessage(
                        "row 1: one-hot: expected a category that is known, one of 'ash', 'elm', 'oak', found 'fir'");
        assertThatThrownBy(() -> TREES.decode(Arena.of(DType.FLOAT64, Shape.of(1, 3), 0, Double.NaN, 1)))
                .hasMessageContaining("row 0 has a NaN");
        assertThatThrownBy(() -> new OneHot(List.of("a", "a"))).isInstanceOf(IllegalArgumentException.class);
    }
}
