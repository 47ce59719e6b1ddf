package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void elementsAreCountedOrRefused() {
        assertThat(Shape.of().count()).isEqualTo(1);
        assertThat(Shape.of(Long.MAX_VALUE, 1).count()).isEqualTo(Long.MAX_VALUE);
        assertThat(Shape.of(Long.MAX_VALUE, 4, 0).count()).isZero();
        assertThat(Shape.of(0, Long.MAX_VALUE, 4).count()).isZero();
        assertThatThrownBy(() -> Shape.of(Long.MAX_VALUE, 2).count())
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[9223372036854775807, 2]");
    }
}
