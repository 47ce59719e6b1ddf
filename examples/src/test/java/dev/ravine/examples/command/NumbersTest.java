package dev.ravine.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void fourDigitsOrWhole() {
        assertThat(Numbers.text(0.0123456)).isEqualTo("0.01235");
        assertThat(Numbers.text(10_594)).isEqualTo("10594");
        assertThat(Numbers.text(90.9999)).isEqualTo(Numbers.text(91)).isEqualTo("91");
        assertThat(Numbers.text(1.5e-30)).isEqualTo("1.500e-30");
        assertThat(Numbers.text(Double.NaN)).isEqualTo("not a number");
        assertThat(Numbers.chosen(5e-4)).isEqualTo("0.0005");
        assertThat(Numbers.chosen(1e6)).isEqualTo("1000000");
    }
}
