package dev.ravine.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ravine.core.Arena;
import dev.ravine.core.Shape;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemorizationTest {
    /** The symbols of one sequence. */
    private static String symbols(DataSet data, int example) {
        int steps = (int) data.featureShape().size(0);
        int width = (int) data.featureShape().size(1);
        double[] rows = Arena.toDoubles(data.range(example, example + 1).features());
        assertThat(rows).containsOnly(0, 1);
        return IntStream.range(0, steps)
                .mapToObj(t -> {
                    double[] row = Arrays.copyOfRange(rows, t * width, (t + 1) * width);
                    assertThat(Arrays.stream(row).sum()).isEqualTo(1);
                    return String.valueOf(IntStream.range(0, width)
                            .filter(k -> row[k] == 1)
                            .findFirst()
                            .orElseThrow());
                })
                .collect(Collectors.joining());
    }

    private static String targets(DataSet data, int example) {
        return Arrays.stream(Arena.toDoubles(data.range(example, example + 1).targets()))
                .mapToObj(t -> String.valueOf((int) t))
                .collect(Collectors.joining());
    }

    @Test
    void fiveBitsAreShownAndToldAfterTheCue() {
        DataSet data = Memorization.fiveBits(16);
        assertThat(Shape.of(data.features())).isEqualTo(Shape.of(32, 16, 4));
        assertThat(symbols(data, 0)).isEqualTo("0000022222322222");
        assertThat(symbols(data, 13)).isEqualTo("0110122222322222");
        assertThat(targets(data, 13)).isEqualTo("2222222222201101");
        TreeSet<String> all = new TreeSet<>();
        IntStream.range(0, 32).forEach(i -> all.add(symbols(data, i)));
        assertThat(all).hasSize(32);
    }

    @Test
    void twentyBitsAreTenCharactersOfFive() {
        DataSet data = Memorization.twentyBits(300, 30, 7);
        assertThat(Shape.of(data.features())).isEqualTo(Shape.of(300, 30, 7));
        int[] counts = new int[5];
        for (int i = 0; i < 300; i++) {
            String shown = symbols(data, i);
            assertThat(shown).matches("[0-4]{10}5{9}65{10}");
            assertThat(targets(data, i)).isEqualTo("5".repeat(20) + shown.substring(0, 10));
            shown.substring(0, 10).chars().forEach(c -> counts[c - '0']++);
        }
        // 600 each are expected, with a standard deviation of 22.
        assertThat(IntStream.of(counts)).allMatch(c -> c > 500 && c < 700);
        assertThat(Memorization.twentyBits(300, 30, 7).checksum()).isEqualTo(data.checksum());
    }

    @Test
    void tooShortIsRefused() {
        assertThat(Memorization.fiveBits(12).size()).isEqualTo(32);
        assertThatThrownBy(() -> Memorization.fiveBits(11)).hasMessageContaining("12 steps or more");
        assertThatThrownBy(() -> Memorization.twentyBits(1, 21, 1)).hasMessageContaining("22 steps or more");
        assertThatThrownBy(() -> Memorization.twentyBits(0, 40, 1)).hasMessageContaining("at least 1 sequence");
    }
}
