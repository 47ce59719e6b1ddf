package dev.ravine.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class StableTextTest {
    private record Inner(double factor, DType type) {}

    private record Outer(String name, List<Inner> parts, DoubleUnaryOperator f) {}

    private static final class Plain {}

    @Test
    void numbersReadBackExactly() {
        for (double value : new double[] {0.1, -1.5e-300, Math.PI, 3, -7, 1e15, 1e300, Double.MIN_VALUE}) {
            assertThat(Double.parseDouble(StableText.of(value))).isEqualTo(value);
        }
        assertThat(StableText.of(200.0)).isEqualTo("200");
        assertThat(StableText.of(0.1f)).isEqualTo(Double.toString(0.1f));
        assertThat(StableText.of(Double.POSITIVE_INFINITY)).isEqualTo("Infinity");
        assertThat(StableText.of(Long.MAX_VALUE)).isEqualTo("9223372036854775807");
    }

    @Test
    void recordsAreTheirComponents() {
        Outer outer = new Outer("x", List.of(new Inner(0.5, DType.FLOAT64)), a -> a);
        assertThat(StableText.of(outer))
                .isEqualTo("Outer(name=x, parts=[Inner(factor=0.5, type=FLOAT64)], f=a lambda in "
                        + StableTextTest.class.getName() + ")");
    }

    @Test
    void noTextHasAnAddress() {
        DoubleUnaryOperator lambda = a -> 2 * a;
        assertThat(StableText.of(lambda)).isEqualTo("a lambda in " + StableTextTest.class.getName());
        assertThat(StableText.of(new Plain())).isEqualTo("a " + Plain.class.getName());
        assertThat(StableText.of(null)).isEqualTo("none");
        assertThat(StableText.of(Set.of(DType.INT64, DType.FLOAT32, DType.FLOAT64)))
                .isEqualTo("[FLOAT32, FLOAT64, INT64]");
        assertThat(StableText.of(new double[] {1, 2.5})).isEqualTo("[[1.0, 2.5]]");
        assertThat(StableText.ofAll(Map.of("b", 1, "a", true)).toString()).isEqualTo("{a=true, b=1}");
    }

    @Test
    void arraysAreTheirNumbers() {
        String one = StableText.of(Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3));
        assertThat(one)
                .startsWith("FLOAT64 [3]")
                .isEqualTo(StableText.of(Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 3)))
                .isNotEqualTo(StableText.of(Arena.of(DType.FLOAT64, Shape.of(3), 1, 2, 4)));
    }
}
